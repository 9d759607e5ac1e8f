"""``amends cluster``: what cannot be right is refused in one sentence."""

import pytest
from click.testing import CliRunner

from amends.cli.cluster import cluster, layout_of
from amends.config.settings import Settings
from amends.listening.cluster import Layout
from amends.terms import BadInput
from tests import factories


def test_layout_is_what_the_settings_say() -> None:
    assert layout_of(Settings()) == Layout()
    given = Settings(nats_partitions=8, nats_replicas=1, nats_ack_wait=5, nats_gigabytes=2)
    made = Layout(partitions=8, replicas=1, ack_wait_s=5, max_bytes=2 << 30)
    assert layout_of(given) == made


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (Settings(nats_partitions=0), "AMENDS_NATS_PARTITIONS is 0. Write a number from 1 to 64."),
        (Settings(nats_replicas=2), "AMENDS_NATS_REPLICAS is 2. Write 1, 3 or 5."),
        (Settings(nats_ack_wait=0), "AMENDS_NATS_ACK_WAIT is 0."),
        (Settings(nats_gigabytes=0), "AMENDS_NATS_GIGABYTES is 0."),
    ],
)
def test_setting_that_cannot_be_right_is_named(settings: Settings, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        layout_of(settings)
    assert str(refused.value).startswith(said)


def test_broker_that_is_not_named_is_asked_for() -> None:
    done = CliRunner().invoke(cluster, ["status"])
    assert str(done.exception) == (
        "No broker is named. Write AMENDS_NATS=nats://host:4222, one or several."
    )


@pytest.mark.database
def test_channel_that_is_not_there_is_answered_with_those_that_are() -> None:
    factories.channel()
    done = CliRunner().invoke(cluster, ["receive", "-", "--channel", "demo:nobody"])
    assert str(done.exception) == "There is no channel demo:nobody; there are demo:halcyonair."
