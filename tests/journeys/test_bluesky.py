"""The journey on the real network: heard, answered, taken private, put right, closed out.

The desk is started as a newcomer starts it and used through its pages, without JavaScript; what it
did is checked from the network by another client.
"""

from collections.abc import Iterator

import pytest

from tests.support.atproto.network import AtNetwork
from tests.support.atproto.people import Person, eventually
from tests.support.desk import running_desk
from tests.support.visitor import Visitor

pytestmark = pytest.mark.atproto

PASSWORD = "a-long-enough-pass-phrase"
# In small letters: the test network's search, unlike the real one's, minds them.
UNTAGGED = "Third hour on the floor at gate 9, brindlewing is the worst airline I know"
TAGGED = "@NAME you lost my bag again, this is awful service"


@pytest.fixture(scope="module")
def people(at_network: AtNetwork) -> tuple[Person, Person, Person]:
    """The brand, and two customers."""
    return Person(at_network, "brand"), Person(at_network, "rosa"), Person(at_network, "ben")


@pytest.fixture(scope="module")
def desk(
    at_network: AtNetwork,
    people: tuple[Person, Person, Person],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Visitor]:
    """An administrator at a desk with the brand, its account and a watch set up by hand."""
    home = tmp_path_factory.mktemp("desk")
    with (
        running_desk(home, demo="no", allow_hosts="localhost:*,127.0.0.1:*") as running,
        Visitor(running.address) as visitor,
    ):
        _come_in(visitor, running.link)
        _set_up(visitor, at_network, people[0])
        yield visitor


def _come_in(visitor: Visitor, link: str) -> None:
    visitor.visit(link).submit("/")
    visitor.submit("/account/", name="Ada Berg", password=PASSWORD)
    assert visitor.status == 200, visitor.text


def _set_up(visitor: Visitor, network: AtNetwork, brand: Person) -> None:
    visitor.visit("/set-up/brands/new/")
    visitor.submit(
        "/set-up/brands/new/", name="Brindlewing", contact_route="Please send us a message."
    )
    assert visitor.status == 200, visitor.text
    visitor.visit("/set-up/watches/new/")
    visitor.submit(
        "/set-up/watches/new/",
        kind="brand",
        name="Brindlewing",
        phrases="brindlewing",
        handles=brand.handle,
    )
    assert visitor.status == 200, visitor.text
    visitor.visit("/set-up/channels/new/bluesky/")
    visitor.submit(
        "/set-up/channels/new/bluesky/",
        handle=brand.handle,
        app_password=brand.app_password(),
        pds=network.pds,
        plc=network.plc,
        chat_did=network.chat_did,
        poll_seconds="1",
    )
    assert visitor.status == 200, visitor.text
    eventually(
        lambda: "Well" in visitor.visit("/set-up/channels/").text, what="the channel is well"
    )


def _case_with(visitor: Visitor, words: str, *, seconds: float) -> str:
    """The address of the case whose row holds the words, once the inbox shows it."""

    def look() -> str:
        visitor.visit("/inbox/?search=" + "+".join(words.split()[:3]))
        if words[:20] not in visitor.text:
            return ""
        return (
            visitor.html.partition('data-test="pick"')[2]
            .partition('href="/cases/')[2]
            .partition("/")[0]
        )

    return f"/cases/{eventually(look, seconds=seconds, what=f'the inbox shows {words[:20]!r}')}/"


def _write(visitor: Visitor, case: str, mode: str, text: str, **more: str) -> None:
    visitor.visit(case).submit(f"{case}write/", mode=mode, **{f"text_{mode}": text}, **more)
    assert visitor.status == 200, visitor.text


def _shows(visitor: Visitor, case: str, words: str, *, seconds: float = 10) -> None:
    eventually(
        lambda: words in visitor.visit(case).text, seconds=seconds, what=f"{case} shows {words!r}"
    )


def test_tagged_complaint_is_a_case_within_five_seconds(
    desk: Visitor, people: tuple[Person, Person, Person]
) -> None:
    """R01: by notification."""
    brand, _, ben = people
    ben.post(TAGGED, mention=brand)
    _case_with(desk, "you lost my bag again", seconds=5)


def test_complaint_from_outburst_to_thanks(
    desk: Visitor, at_network: AtNetwork, people: tuple[Person, Person, Person]
) -> None:
    """R01, R08, R24, R26, R27, R32, R44, R45: the whole way, on one case."""
    brand, rosa, ben = people
    complaint = rosa.post(UNTAGGED)
    case = _case_with(desk, "Third hour on the floor", seconds=5)

    # Answered first where it began (R24), by somebody with a name (R27).
    _write(desk, case, "public", "Three hours is far too long, Rosa. May I look into it?", sign="1")
    answer = eventually(lambda: ben.replies(complaint), what="the reply is in the thread")[0]
    assert answer["author"]["did"] == brand.did
    assert answer["record"]["text"] == "Three hours is far too long, Rosa. May I look into it? ^AB"
    assert answer["record"]["reply"]["parent"]["uri"] == complaint
    _shows(desk, case, "Waiting")

    # The customer answers in the thread: it joins the case, which is ours to work on again.
    rosa.post("Yes please, nobody here tells us anything", reply_to=str(answer["uri"]))
    _shows(desk, case, "nobody here tells us anything")

    # Taken private (R32), through the chat proxy of the real server.
    _write(desk, case, "private", "Which flight are you on, Rosa?")
    said = eventually(lambda: at_network.chat.said(brand.did, rosa.did), what="the message arrives")
    assert said == [(brand.did, "Which flight are you on, Rosa? ^AB")]
    at_network.chat.say(rosa.did, brand.did, "BW 117, and thank you for asking")
    _shows(desk, case, "BW 117")

    # Put right, and closed out where it began (R44).
    desk.visit(case).submit(f"{case}resolve/")
    assert desk.status == 200, desk.text
    _write(desk, case, "public", "You are on the 18:40 now, Rosa. Safe travels.", closes_out="1")
    close_out = eventually(
        lambda: [r for r in ben.replies(complaint) if "18:40" in r["record"]["text"]],
        what="the close-out is in the thread",
    )[0]
    assert close_out["record"]["reply"]["parent"]["uri"] == complaint
    _shows(desk, case, "Closed")

    # What the customer made of it (R45): an outcome, and the case stays closed.
    rosa.post("Thank you so much, that was really kind of you!", reply_to=str(close_out["uri"]))
    _shows(desk, case, "The customer said thank you")
    assert "Closed" in desk.text
    assert len(ben.replies(complaint)) == 4  # two of ours, two of hers: nothing was sent twice


def test_complaint_that_is_edited_and_removed_is_seen_so(
    desk: Visitor, at_network: AtNetwork
) -> None:
    """R46: polling tells of neither, so the desk looks again. A customer without another case."""
    dora = Person(at_network, "dora")
    post = dora.post("brindlewing charged me twice, this is a terrible company")
    case = _case_with(desk, "brindlewing charged me twice", seconds=5)
    dora.edit(post, "brindlewing charged me three times, this is a terrible company")
    _shows(desk, case, "charged me three times", seconds=60)
    dora.delete(post)
    _shows(desk, case, "The customer took it back", seconds=40)
