"""What the pages say of a reading, and saying what a post is."""

from typing import Any

import pytest
from msgspec.structs import replace

from amends.desk.actions import proof
from amends.desk.actions.corrections import correct_reading, take_back
from amends.desk.models import Case, Correction, PostRow, SpecialCare
from amends.desk.queries.corrections import corrections_of, counts, get_read_post_for, lessons
from amends.desk.queries.doors import NotThere
from amends.terms import BadInput, NotAllowed, WatchKind
from tests import people
from tests.factories import NOON, case, heard, mention, reading, store, watch
from tests.web.support import HTMX, Page, case_page, signed_in, undone

pytestmark = pytest.mark.database


def whole(text: str = "You lost my bag, boycott Halcyon. Zenith is kind", **facts: Any) -> PostRow:
    """A post that was read whole."""
    other = watch(WatchKind.COMPETITOR, "zenith")
    read = replace(
        reading(0.87), severity="blame", topics=("baggage", "refund"), intents=("boycott",),
        why=("lost", "bag"), targets={"us": "negative", str(other.pk): "positive"},
        reasons={"severity": ("lost my bag",), "intents.boycott": ("boycott",)},
    )  # fmt: skip
    one = mention(text, **facts)
    store(replace(one, reading=read))
    return PostRow.objects.get(network=one.post.network, native_id=one.post.id)


def say(post: PostRow, what: str, said: str, by: Any = people.mina) -> Correction:
    return correct_reading(post, what=what, said=said, threshold=0.5, by=by(), now=NOON)


def test_case_says_in_a_sentence_why_it_was_read_so_and_marks_the_words() -> None:
    post = whole()
    source = case_page(Case.objects.get(places__post=post))
    assert "<mark>lost my bag</mark>, <mark>boycott</mark> Halcyon" in source
    words = Page(source).words
    assert "Complaint 87 %, holds somebody responsible, negative, because of lost my bag" in words
    assert (
        "It is about a refund and baggage, calls for a boycott and is negative about us and"
        in words
    )
    assert "positive about zenith" in words


def test_correction_is_kept_with_who_when_and_which_reader() -> None:
    row = case()
    made = say(row.first_post, "complaint", "none")
    assert (made.was, made.said, made.model, made.by, made.at) == (
        "complaint", "none", "made-up", people.mina(), NOON,
    )  # fmt: skip
    assert say(row.first_post, "complaint", "none") == made
    row.refresh_from_db()
    assert row.history.filter(kind="reading.corrected").count() == 1
    assert proof(row).whole


def test_correction_taken_back_leaves_what_was_said_before() -> None:
    post = heard()
    say(post, "complaint", "none")
    second = say(post, "complaint", "complaint", people.omar)
    take_back(second, by=people.omar(), now=NOON)
    take_back(second, by=people.mina(), now=NOON)
    assert {what: one.said for what, one in corrections_of([post.pk])[post.pk].items()} == {
        "complaint": "none"
    }
    second.refresh_from_db()
    assert second.taken_back_by == people.omar()
    assert (counts(), [one.said for one in lessons()]) == (
        {"complaint": {"none": 1}}, [{"complaint": "none"}],
    )  # fmt: skip


def test_graver_severity_takes_the_case_up_in_the_inbox() -> None:
    row = case(complaint=0.6)
    say(row.first_post, "severity", "blame")
    row.refresh_from_db()
    assert row.get_priority_display() == "high"


@pytest.mark.alike
@pytest.mark.parametrize(("what", "said"), [("complaint", "blame"), ("mood", "none"), ("", "")])
def test_words_nobody_knows_are_refused(what: str, said: str) -> None:
    with pytest.raises(BadInput, match="from the list"):
        say(heard(), what, said)


@pytest.mark.alike
def test_who_changes_no_case_corrects_nothing_and_sees_no_buttons() -> None:
    row = case()
    with pytest.raises(NotAllowed):
        say(row.first_post, "complaint", "none", people.vic)
    source = case_page(row, "vic")
    assert (Page(source).hooks("correct"), Correction.objects.count()) == ([], 0)


def test_private_post_is_there_for_those_who_see_its_case() -> None:
    post = heard("Where is it?", private=True, question=0.9)
    assert get_read_post_for(people.mina(), post.pk) == post
    with pytest.raises(NotThere):
        get_read_post_for(people.sol(), post.pk)


@pytest.mark.alike
def test_one_key_answers_with_the_reading_and_an_undo() -> None:
    post = heard()
    client = signed_in(people.mina())
    part = client.post(f"/posts/{post.pk}/correct/", {"said": "complaint:none"}, headers=HTMX)
    made = Correction.objects.get()
    assert "Complaint 90 %, negative, because of delayed" in Page(part.text).words
    assert "Mina Kaya: it is no complaint" in Page(part.text).words
    assert f'hx-post="/corrections/{made.pk}/undo/"' in part.text
    back = client.post(f"/corrections/{made.pk}/undo/", {"back": "/heard/?topic=delay"})
    assert (back.status_code, back["Location"]) == (302, "/heard/?topic=delay")
    assert corrections_of([post.pk]) == {}


@pytest.mark.alike
def test_way_back_leads_nowhere_else() -> None:
    client, post = signed_in(people.mina()), heard()
    for back in ("//evil.example/", "https://evil.example/", "javascript:alert(1)"):
        with undone():
            sent = {"said": "complaint:none", "back": back}
            answer = client.post(f"/posts/{post.pk}/correct/", sent)
        assert answer["Location"] == "/heard/", back


NARROWED = {
    "topic=baggage": 1, "topic=delay": 0, "intent=boycott": 1, "severity=blame": 1,
    "severity=none": 2, "topic=baggage&intent=legal": 0, "topic=nonsense": 3,
}  # fmt: skip


def test_heard_is_narrowed_by_topic_intent_and_severity() -> None:
    whole("You lost my bag, boycott Halcyon")
    heard("Halcyon is late", handle="ben", complaint=0.1)
    heard("Halcyon", handle="kim", complaint=0.1)
    client = signed_in(people.mina())
    pages = {query: Page(client.get(f"/heard/?{query}").text) for query in NARROWED}
    assert {query: len(page.hooks("heard")) for query, page in pages.items()} == NARROWED


def test_special_care_is_seen_on_the_case_and_in_no_table() -> None:
    row = case("Halcyon, my mother died and you charge me")
    SpecialCare.objects.create(post=row.first_post, words=["mother died"])
    assert "may need special care: mother died" in Page(case_page(row)).words
    for source in (
        case_page(row, "vic"),
        signed_in(people.mina()).get("/heard/").text,
        signed_in(people.mina()).get("/heard/posts.csv").text,
    ):
        assert "special care" not in source
