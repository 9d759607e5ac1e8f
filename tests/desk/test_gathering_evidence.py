"""The worker asks the network for what is to be kept, and keeps the answer as it came."""

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any, TypeVar

import msgspec
import pytest
from asgiref.sync import async_to_sync, sync_to_async
from click.testing import CliRunner

from amends.bench.faults.clock import HandClock
from amends.casework.evidence import Source
from amends.cli.evidence import verify
from amends.desk.actions.claims import note_claim
from amends.desk.models import Evidence
from amends.desk.workers.evidence import gather_evidence, holding
from amends.outbound import Exchange
from amends.outbound.recording import note_exchange
from amends.terms import ConnectorError, TryLater
from tests.factories import NOON, case
from tests.people import mina

pytestmark = [pytest.mark.database, pytest.mark.alike]

T = TypeVar("T")


class Network:
    """Answers with what it is given, through the record that every connector's way out keeps."""

    def __init__(
        self, *answers: tuple[str, int, bytes], error: ConnectorError | None = None
    ) -> None:
        self.answers, self.error = answers, error

    async def thread(self, post_id: str) -> Sequence[Any]:
        if self.error is not None:
            raise self.error
        for method, status, body in self.answers:
            note_exchange(method, f"https://net.example/{post_id}", status, body)
        return []


def awaited(words: str = "Halcyon sells data") -> Evidence:
    row = case(words)
    note_claim(row, words=words, post=row.first_post, by=mina(), now=NOON)
    return Evidence.objects.get(source=Source.NETWORK)


async def _aside(work: Callable[[], T], /) -> T:
    return await sync_to_async(work, thread_sensitive=True)()


def gather(row: Evidence, network: Network | None) -> Evidence:
    from amends.desk.models import ChannelRow

    running = {}
    if network is not None:
        running = {ChannelRow.objects.get().pk: SimpleNamespace(connector=network)}
    listeners: Any = SimpleNamespace(running=running)
    database: Any = _aside
    async_to_sync(gather_evidence)(listeners, database, HandClock(NOON))
    return Evidence.objects.get(pk=row.pk)


def test_answer_of_the_network_is_kept_as_it_came() -> None:
    """R46: the sign-in beside it is not, though it came through the same door."""
    row = awaited()
    assert row.post is not None
    raw = msgspec.json.format(msgspec.json.encode({"id": row.post.native_id, "text": "…"}))
    signed_in = f'{{"accessJwt": "secret", "for": "{row.post.native_id}"}}'.encode()
    kept = gather(row, Network(("GET", 200, raw), ("POST", 200, signed_in), ("GET", 404, raw)))
    assert (bytes(kept.data), kept.kept_at) == (raw, NOON)
    assert kept.origin == f"https://net.example/{row.post.native_id}"


def test_network_that_is_busy_is_asked_again_and_one_without_the_post_is_not() -> None:
    row = awaited()
    later = gather(row, Network(error=TryLater("Slow down.", NOON.replace(hour=13))))
    assert (later.reason, later.ask_at) == ("Slow down.", NOON.replace(hour=13))
    Evidence.objects.update(ask_at=NOON)
    assert gather(row, None).reason == "No account is connected on Demo."
    Evidence.objects.update(ask_at=NOON)
    gone = gather(row, Network(("GET", 200, b"{}")))
    assert (gone.reason, gone.ask_at) == ("Demo no longer shows this post.", None)


def test_only_what_was_read_and_names_the_post_is_evidence() -> None:
    at = "at://did:plc:a/app.bsky.feed.post/3k7"
    good = Exchange(method="GET", url="u", status=200, body=b'{"uri":"at:\\/\\/x\\/3k7"}')
    wrong = [
        Exchange(method="POST", url="u", status=200, body=b"3k7"),
        Exchange(method="GET", url="u", status=500, body=b"3k7"),
        Exchange(method="GET", url="u", status=200, body=b"other"),
    ]
    assert (holding([good, *wrong], at), holding(wrong, at)) == (good, None)


def test_verify_command_proves_evidence_and_fails_for_what_was_changed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """R46."""
    monkeypatch.setattr("amends.cli.start.prepare", lambda: None)
    row = awaited()
    good = CliRunner().invoke(verify)
    said = "1 pieces of evidence are whole, 0 are not; 0 were erased, 1 not there yet.\n"
    assert (good.exit_code, good.output) == (0, said)
    Evidence.objects.exclude(pk=row.pk).update(data=b"other")
    bad = CliRunner().invoke(verify)
    assert (bad.exit_code, "-as-stored.json: changed." in bad.output) == (1, True)
