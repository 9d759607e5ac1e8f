"""Writing on the case page: replies, private messages, notes and drafts."""

import pytest

from amends.desk.actions import take_up
from amends.desk.models import Case, Draft, OutgoingReply
from tests import factories, people
from tests.factories import NOON
from tests.web.support import HTMX, Page, case_page, signed_in, write

pytestmark = pytest.mark.database


@pytest.mark.alike
def test_reply_without_javascript_is_queued_and_the_case_shown_again() -> None:
    case = factories.case()
    client = signed_in(people.mina())
    answer = write(client, case, "public", "I am sorry, Rosa", sign="1", seen_replies="0")
    assert (answer.status_code, answer["Location"]) == (302, f"/cases/{case.ref}/")
    reply = OutgoingReply.objects.get()
    assert (reply.text, reply.private, reply.status) == ("I am sorry, Rosa ^MK", False, "ready")
    page = Page(case_page(case))
    assert [row["data-status"] for row in page.hooks("reply-status")] == ["ready"]


@pytest.mark.alike
def test_unsigned_reply_is_sent_as_it_was_written() -> None:
    case = factories.case()
    write(signed_in(people.mina()), case, "public", "I am sorry")
    assert OutgoingReply.objects.get().text == "I am sorry"


@pytest.mark.alike
def test_private_message_is_private_whatever_the_other_fields_say() -> None:
    case = factories.case()
    client = signed_in(people.mina())
    write(client, case, "private", "Your address?", text_public="to all", closes_out="1")
    reply = OutgoingReply.objects.get()
    assert (reply.private, reply.closes_out, reply.text) == (True, False, "Your address?")


@pytest.mark.alike
def test_note_stays_in_the_house() -> None:
    case = factories.case()
    write(signed_in(people.noor()), case, "note", "Seen before")
    assert [note.text for note in case.notes.all()] == ["Seen before"]
    assert OutgoingReply.objects.count() == 0


@pytest.mark.alike
def test_reply_that_is_too_long_is_refused_and_its_text_kept() -> None:
    case = factories.case()
    text = "sorry " * 2000
    answer = write(signed_in(people.mina()), case, "public", text)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert "Shorten it by" in page
    assert text in page
    assert OutgoingReply.objects.count() == 0


@pytest.mark.alike
def test_length_includes_the_signature() -> None:
    case = factories.case()
    limit = _limit(case)
    client = signed_in(people.mina())
    assert write(client, case, "public", "a" * (limit - 3), sign="1").status_code == 400
    whole = write(client, case, "public", "a" * (limit - 4), sign="1", anyway_public="A test.")
    assert whole.status_code == 302


def _limit(case: Case) -> int:
    return int(Page(case_page(case)).hooks("text-public")[0]["data-limit"] or 0)


def test_pressing_send_twice_sends_once() -> None:
    case = factories.case()
    client = signed_in(people.mina())
    statuses = [write(client, case, "public", "Sorry", seen_replies="0").status_code for _ in "12"]
    assert (statuses, OutgoingReply.objects.count()) == ([302, 409], 1)


@pytest.mark.alike
def test_refused_send_for_htmx_is_the_case_with_the_sentence() -> None:
    case = factories.case()
    client = signed_in(people.mina())
    data = {"mode": "public", "text_public": " "}
    answer = client.post(f"/cases/{case.ref}/write/", data, headers=HTMX)
    page = Page(answer.content.decode())
    assert answer.status_code == 400
    assert len(page.hooks("case-error")) == 1
    assert "html" not in {tag for tag, _ in page.tags}


def test_moving_a_case_that_somebody_moved_is_told() -> None:
    case = factories.case()
    take_up(case, by=people.omar(), now=NOON)
    client = signed_in(people.mina())
    answer = client.post(f"/cases/{case.ref}/dismiss/", {"seen_state": "new"})
    assert answer.status_code == 409
    assert "Somebody moved this case to open meanwhile" in answer.content.decode()


def test_draft_is_kept_for_its_author_alone_and_shown_again() -> None:
    case = factories.case()
    url = f"/cases/{case.ref}/draft/"
    data = {"mode": "public", "text": "I am so"}
    assert signed_in(people.mina()).post(url, data).status_code == 204
    assert "I am so</textarea>" in case_page(case)
    assert "I am so" not in case_page(case, "omar")


@pytest.mark.alike
def test_draft_is_gone_once_it_was_sent() -> None:
    case = factories.case()
    client = signed_in(people.mina())
    client.post(f"/cases/{case.ref}/draft/", {"mode": "public", "text": "I am so"})
    write(client, case, "public", "I am so sorry")
    assert "I am so</textarea>" not in case_page(case)


def test_text_of_a_refused_send_stays_a_draft() -> None:
    """A page that refreshes itself shows drafts: what was refused must be one."""
    case = factories.case()
    threat = "Delete your post, Rosa, or you will hear from our lawyers"
    assert (
        write(case=case, client=signed_in(people.mina()), mode="public", text=threat).status_code
        == 400
    )
    assert Draft.objects.get().text == threat
    assert write(signed_in(people.vic()), case, "public", "hello").status_code == 403
    assert Draft.objects.count() == 1
