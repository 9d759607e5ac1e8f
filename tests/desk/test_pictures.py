"""Pictures beside replies: kept once, described, given to the network before the text."""

import io
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from PIL import Image

from amends.casework import Role
from amends.desk.actions import erase_customer
from amends.desk.actions.delivery import claim_reply, settle_sent
from amends.desk.actions.pictures import (
    attach,
    attach_kept,
    beside,
    content_of,
    describe,
    detach,
    keep_picture,
)
from amends.desk.actions.scheduling import withdraw_overtaken
from amends.desk.models import Attachment, Case, PictureRow, PostRow
from amends.terms import BadInput, NotAllowed, Published, TryLater
from tests import people
from tests.desk.test_replies import SOON, US, queue
from tests.desk.test_scheduling import AT_NINE, HOUR, customer_writes
from tests.desk.test_sending import Hands, Network, sender, status, tick
from tests.factories import NOON, case

pytestmark = pytest.mark.database


def picture(colour: str = "red") -> bytes:
    made = io.BytesIO()
    Image.new("RGB", (30, 20), colour).save(made, "PNG")
    return made.getvalue()


def put(row: Case, colour: str = "red", alt: str = "A red suitcase", **facts: Any) -> Attachment:
    wanted: dict[str, Any] = {"mode": "public", "by": people.mina(), "now": NOON}
    return attach(row, raw=picture(colour), alt=alt, **(wanted | facts))


def files() -> set[Path]:
    return {one for one in (Path(settings.AMENDS_HOME) / "pictures").rglob("*") if one.is_file()}


@pytest.fixture(autouse=True)
def _home(tmp_path: Path, settings: Any) -> None:
    settings.AMENDS_HOME = tmp_path


@pytest.mark.alike
def test_same_picture_lies_there_once_and_is_named_by_what_it_holds() -> None:
    first, again = keep_picture(picture(), now=NOON), keep_picture(picture(), now=NOON)
    other = keep_picture(picture("blue"), now=NOON)
    assert (first == again, {one.name for one in files()}) == (True, {first.digest, other.digest})
    assert first.kind == "image/jpeg"
    assert content_of(first)[:3] == b"\xff\xd8\xff"


@pytest.mark.alike
def test_changed_file_is_not_sent() -> None:
    row = keep_picture(picture(), now=NOON)
    files().pop().write_bytes(b"something else")
    with pytest.raises(BadInput, match="was changed"):
        content_of(row)


def test_picture_is_handed_in_with_its_text_and_nobody_elses() -> None:
    row = case()
    mine, omars = put(row), put(row, "blue", by=people.omar())
    private = put(row, "green", mode="private")
    reply = queue(row, with_pictures=True)
    assert list(reply.attachments.all()) == [mine]
    assert {one.reply_id for one in Attachment.objects.filter(pk__in=[omars.pk, private.pk])} == {
        None
    }


@pytest.mark.alike
def test_what_is_not_written_in_the_composer_takes_no_pictures_along() -> None:
    """A question how we did, say, while somebody has a picture beside a text half written."""
    row = case()
    one = put(row)
    assert (queue(row).attachments.count(), list(beside(row, "public", people.mina()))) == (
        0,
        [one],
    )


def test_undescribed_picture_is_asked_about_and_goes_once_it_needs_no_words() -> None:
    row = case()
    one = put(row, alt="")
    with pytest.raises(BadInput, match="Say what picture 1 shows"):
        queue(row, with_pictures=True)
    describe(row, {one.pk: ("", True)}, by=people.mina())
    assert queue(row, with_pictures=True).attachments.count() == 1


@pytest.mark.alike
def test_network_takes_no_more_than_it_says() -> None:
    row = case()
    for number in range(4):
        put(row, f"#{number}{number}{number}")
    with pytest.raises(BadInput, match="takes 4 at most"):
        put(row)


@pytest.mark.alike
def test_who_may_not_speak_attaches_nothing() -> None:
    with pytest.raises(NotAllowed):
        put(case(), by=people.vic())
    assert (Role(people.vic().role), Attachment.objects.count()) == (Role.VIEWER, 0)


def test_taking_away_forgets_the_file_unless_something_else_shows_it(
    django_capture_on_commit_callbacks: Any,
) -> None:
    row = case()
    one, same = put(row), put(row)
    with django_capture_on_commit_callbacks(execute=True):
        detach(row, one.pk, by=people.mina())
    there = len(files())
    with django_capture_on_commit_callbacks(execute=True):
        detach(row, same.pk, by=people.omar())  # not theirs
        detach(row, same.pk, by=people.mina())
    assert (there, files(), PictureRow.objects.count()) == (1, set(), 0)


@pytest.mark.alike
def test_erased_customer_takes_the_pictures_along(django_capture_on_commit_callbacks: Any) -> None:
    row = case()
    put(row)
    queue(row, with_pictures=True)
    with django_capture_on_commit_callbacks(execute=True):
        erase_customer(row.customer, by=people.priya(), now=SOON)
    assert (Attachment.objects.count(), files()) == (0, set())


@pytest.mark.alike
def test_withdrawn_reply_gives_its_pictures_back_to_the_draft() -> None:
    row = case()
    one = put(row)
    queue(row, goes_at=AT_NINE, with_pictures=True)
    customer_writes(row)
    withdraw_overtaken(now=SOON + HOUR)
    assert list(beside(row, "public", people.mina())) == [one]


@pytest.mark.alike
def test_kept_picture_of_a_snippet_can_be_put_beside_a_text() -> None:
    row, kept = case(), keep_picture(picture(), now=NOON)
    one = attach_kept(row, mode="public", picture=kept, alt="A map", by=people.mina(), now=NOON)
    assert (one.picture, one.alt) == (kept, "A map")


@pytest.mark.alike
def test_sent_post_says_what_it_shows() -> None:
    row = case()
    put(row)
    queue(row, with_pictures=True)
    claimed = claim_reply(now=SOON, holder="w")
    assert claimed is not None
    settle_sent(claimed, Published(id="ours-1", url=None, at=SOON), us=US, now=SOON)
    assert PostRow.objects.get(native_id="ours-1").media == [
        {"kind": "image", "alt": "A red suitcase"}
    ]


class Showing(Network):
    """A network that takes pictures; ``broken`` is what it says to the first."""

    def __init__(self, broken: Exception | None = None) -> None:
        super().__init__()
        self.broken = broken
        self.given: list[tuple[str, str]] = []
        self.shown: list[list[str]] = []

    async def upload(self, content: bytes, *, kind: str, alt: str) -> str:
        if self.broken is not None:
            error, self.broken = self.broken, None
            raise error
        self.given.append((kind, alt))
        return f"m{len(self.given)}"

    async def publish(self, text: str, *, media: Any = (), **facts: Any) -> Published:
        self.shown.append(list(media))
        return await super().publish(text, **facts)

    async def message(self, text: str, *, media: Any = (), **facts: Any) -> Published:
        return await self.publish(text, media=media, **facts)


@pytest.fixture
def _inline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")


@pytest.mark.usefixtures("_inline")
@pytest.mark.django_db(transaction=True)
def test_pictures_are_given_in_order_before_the_text() -> None:
    row, network = case(), Showing()
    put(row)
    put(row, "blue", alt="A blue one")
    reply = queue(row, with_pictures=True)
    tick(sender(network, Hands()))
    assert (status(reply), network.shown) == ("sent", [["m1", "m2"]])
    assert network.given == [("image/jpeg", "A red suitcase"), ("image/jpeg", "A blue one")]


@pytest.mark.alike
@pytest.mark.usefixtures("_inline")
@pytest.mark.django_db(transaction=True)
def test_lost_answer_to_a_picture_sends_nothing_and_is_tried_again() -> None:
    row, network, clock = case(), Showing(TryLater("Slow down.", SOON + HOUR)), Hands()
    put(row)
    reply = queue(row, with_pictures=True)
    tick(sender(network, clock))
    before = (status(reply), list(network.sent))
    clock.time = SOON + HOUR
    tick(sender(network, clock))
    assert (before, status(reply), network.shown) == (("ready", []), "sent", [["m1"]])
