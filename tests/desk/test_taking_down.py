"""Removing a post of ours: asked by a lead, done by a worker, kept in the case."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

import pytest

from amends.desk.actions import take_down
from amends.desk.actions.delivery import claim_reply, settle_sent
from amends.desk.actions.taking_down import claim_take_down
from amends.desk.models import OutgoingReply, PostRow, TakeDown
from amends.desk.workers.listen import Running
from amends.desk.workers.take_down import Remover
from amends.terms import BadInput, ConnectorError, NotAllowed, Published, Stale, TryLater
from tests import people
from tests.desk.test_replies import SOON, US, queue
from tests.desk.test_sending import Hands, Inline, run
from tests.factories import case, channel

if TYPE_CHECKING:
    from amends.connectors.protocol import Connector
    from amends.desk.workers.database import DatabaseThread
    from amends.desk.workers.listen import Listeners

pytestmark = [pytest.mark.database]

REASON = "It named the wrong flight."


def published() -> PostRow:
    queue(case())
    claimed = claim_reply(now=SOON, holder="w")
    assert claimed is not None
    settle_sent(claimed, Published(id="ours-1", url=None, at=SOON), us=US, now=SOON)
    return PostRow.objects.get(native_id="ours-1")


def asked(post: PostRow) -> TakeDown:
    row = OutgoingReply.objects.get(post=post).case
    return take_down(row, post=post, reason=REASON, by=people.priya(), now=SOON)


class Gone:
    """A network that removes, or says ``error`` instead."""

    def __init__(self, error: ConnectorError | None = None) -> None:
        self.error = error
        self.removed: list[str] = []

    async def delete(self, post_id: str) -> None:
        if self.error is not None:
            raise self.error
        self.removed.append(post_id)


def tick(network: Gone, clock: Hands) -> None:
    class Channels:
        running: dict[int, Any]

    channels = Channels()
    channels.running = {channel().pk: Running(1, cast("Connector", network), US)}
    inline = cast("DatabaseThread", Inline())
    run(Remover(cast("Listeners", channels), clock, inline).tick())


@pytest.fixture
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.mark.alike
@pytest.mark.usefixtures("_inline")
@pytest.mark.django_db(transaction=True)
def test_post_is_removed_and_our_copy_stays() -> None:
    post, network = published(), Gone()
    asked(post)
    tick(network, Hands())
    post.refresh_from_db()
    assert (network.removed, post.text, post.deleted_at) == (
        ["ours-1"],
        "So sorry, Rosa. ^MK",
        SOON,
    )
    events = OutgoingReply.objects.get(post=post).case.history.order_by("seq")
    last = [(e.kind, e.actor.name if e.actor else "") for e in events][-2:]
    assert last == [("post.take_down", "Priya Nair"), ("post.taken_down", "")]


@pytest.mark.usefixtures("_inline")
@pytest.mark.django_db(transaction=True)
def test_network_that_cannot_now_is_asked_again_and_one_that_refuses_is_told_of() -> None:
    post, clock = published(), Hands()
    row = asked(post)
    tick(Gone(TryLater("Slow down.", SOON + timedelta(minutes=3))), clock)
    row.refresh_from_db()
    assert (row.status, row.note, row.due_at) == (
        "asked",
        "Slow down.",
        SOON + timedelta(minutes=3),
    )
    clock.time = row.due_at
    tick(Gone(ConnectorError("It is too old.")), clock)
    row.refresh_from_db()
    post.refresh_from_db()
    assert (row.status, row.note, post.deleted_at) == ("failed", "It is too old.", None)


@pytest.mark.alike
def test_worker_that_died_is_followed_by_another() -> None:
    row = asked(published())
    mine = [row.channel_id]
    first = claim_take_down(now=SOON, channels=mine)
    again = claim_take_down(now=SOON + timedelta(minutes=1), channels=mine)
    assert (first, again) == (row, None)
    assert claim_take_down(now=SOON + timedelta(minutes=2), channels=mine) == row


@pytest.mark.alike
def test_responder_may_not_and_a_reason_is_needed() -> None:
    post = published()
    row = OutgoingReply.objects.get(post=post).case
    with pytest.raises(NotAllowed, match="may not remove what the company published"):
        take_down(row, post=post, reason=REASON, by=people.mina(), now=SOON)
    with pytest.raises(BadInput, match="Say why"):
        take_down(row, post=post, reason="", by=people.priya(), now=SOON)
    with pytest.raises(NotAllowed, match="Only a public post of ours"):
        take_down(row, post=row.first_post, reason=REASON, by=people.priya(), now=SOON)


@pytest.mark.alike
def test_asking_twice_is_told() -> None:
    post = published()
    asked(post)
    with pytest.raises(Stale):
        asked(post)
