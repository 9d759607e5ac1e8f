"""The private question how we did: never in public, once in a span, answered once by its link."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from amends.casework.survey import LINK, LONGEST, SPAN, check_asking, with_link
from amends.desk.actions import cancel_reply, erase_customer, proof, queue_reply, resolve_case
from amends.desk.actions.speaking import save_speaking_rules
from amends.desk.actions.surveys import answer_survey, ask_satisfaction
from amends.desk.models import Case, Survey
from amends.desk.queries.surveys import answers_for, link_of_survey, satisfaction
from amends.terms import BadInput, NotAllowed
from tests.factories import NOON, case, heard
from tests.people import ada, mina, noor, priya
from tests.support.trying import Tried
from tests.web.pages import HOSTILE, unsafe_parts
from tests.web.support import Page, case_page, case_part, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

ASKS = f"May I ask how we did for you, Rosa? {LINK} ^MK"


@pytest.fixture(autouse=True)
def _counted_anew() -> None:
    cache.clear()


def settled(handle: str = "rosa", *, private: bool = True) -> Case:
    row = case("Halcyon lost my bag", handle=handle)
    if private:
        heard("It is AB12", handle=handle, private=True, to_us=True, conversation=row.conversation)
    return resolve_case(Case.objects.get(pk=row.pk), by=mina(), now=NOON)


def ask(row: Case, *, text: str = ASKS, at: Any = None) -> Survey:
    number = row.replies.count()
    return ask_satisfaction(
        row, text=text, by=mina(), now=at or timezone.now(), attempt=f"a{row.pk}-{number}",
        anyway="It is right.",
    )  # fmt: skip


def path_of(survey: Survey) -> str:
    return link_of_survey(survey).removeprefix("http://localhost:8000")


def test_question_is_signed_where_every_reply_is() -> None:
    save_speaking_rules(trained_from=None, names=[], must_sign=True, by=ada(), now=NOON)
    reply = ask(settled()).reply
    assert reply is not None
    assert reply.text.endswith(" ^MK")


def test_question_goes_out_as_a_private_message_with_a_link_of_its_own() -> None:
    row = settled()
    made = ask(row)
    assert made.reply is not None
    assert (made.reply.private, made.reply.status) == (True, "ready")
    assert made.reply.text == ASKS.replace(LINK, link_of_survey(made))
    assert row.history.get(kind="survey.asked").actor == mina()


def test_same_question_to_another_customer_is_no_copy() -> None:
    replies = [ask(settled(who)).reply for who in ("rosa", "omid", "zoe")]
    codes = [finding[0] for one in replies if one is not None for finding in one.findings]
    assert "near_copy" not in codes


def test_nobody_is_asked_in_public() -> None:
    """Neither without a private thread, nor with the link in a public reply."""
    with pytest.raises(NotAllowed, match="in public the question is never asked"):
        ask(settled("omid", private=False))
    row = settled()
    link = link_of_survey(ask(row))
    with pytest.raises(BadInput, match="asked in private alone"):
        queue_reply(
            row, text=f"How did we do? {link}", private=False, by=mina(), now=NOON, attempt="p",
            anyway="x",
        )  # fmt: skip


def test_customer_is_asked_once_in_a_span_whatever_the_case() -> None:
    now = timezone.now()
    first = ask(settled(), at=now)
    Case.objects.update(state="closed", rank=None)
    again = case("Halcyon broke my pram", handle="rosa")
    heard("Here", handle="rosa", private=True, to_us=True, conversation=again.conversation)
    Case.objects.filter(pk=again.pk).update(state="resolved")
    with pytest.raises(NotAllowed, match="may be asked again from"):
        ask(again, at=now + SPAN - timedelta(seconds=1))
    assert ask(again, at=now + SPAN).customer == first.customer


def test_question_that_never_went_out_does_not_count() -> None:
    row = settled()
    made = ask(row)
    assert made.reply is not None
    cancel_reply(made.reply, by=mina(), now=NOON)
    assert ask(row).pk != made.pk


@given(st.booleans(), st.one_of(st.none(), st.timedeltas(timedelta(0), 3 * SPAN)))
def test_asking_needs_a_private_thread_and_a_span(private: bool, since: timedelta | None) -> None:
    last = None if since is None else NOON - since
    if private and (since is None or since >= SPAN):
        check_asking(private_thread=private, last_asked=last, now=NOON)
        return
    with pytest.raises(NotAllowed):
        check_asking(private_thread=private, last_asked=last, now=NOON)


def test_link_stands_where_it_is_put_or_behind() -> None:
    assert with_link(f"a {LINK} b", "L") == "a L b"
    assert with_link(" How did we do? ", "L") == "How did we do? L"
    with pytest.raises(BadInput, match="Write the question"):
        with_link(LINK, "L")


def test_answer_stands_on_the_case_and_is_given_once() -> None:
    row = settled()
    made, client = ask(row), Client()
    path = path_of(made)
    page = client.get(path)
    assert (page.status_code, page["X-Robots-Tag"].startswith("noindex")) == (200, True)
    assert row.ref not in page.content.decode()
    assert client.post(path, {"score": "4", "words": "Quick at last"}).status_code == 302
    done = Survey.objects.get()
    assert (done.score, done.words, done.answered_at is not None) == (4, "Quick at last", True)
    client.post(path, {"score": "1", "words": "No"})
    assert Survey.objects.get().score == 4
    assert "You have answered already" in client.get(path).content.decode()
    shown = case_part(row)
    assert ("4 of 5" in shown, "Quick at last" in shown) == (True, True)
    assert row.history.get(kind="survey.answered").data == {"survey": made.pk, "score": 4}
    assert proof(Case.objects.get(pk=row.pk)).whole


def test_answer_without_a_number_is_refused_and_keeps_its_words() -> None:
    tried = Tried()
    path = path_of(ask(settled()))
    for score in ["", "0", "6", "x", "9" * 30]:
        with tried(score):
            answer = Client().post(path, {"score": score, "words": "Kept words"})
            assert (answer.status_code, "Kept words</textarea>" in answer.content.decode()) == (
                400,
                True,
            )
            assert (
                Client().post(path, {"score": "3", "words": "x" * (LONGEST + 1)}).status_code == 400
            )
    assert tried.wrong == []


def test_link_is_signed_and_ends() -> None:
    made = ask(settled())
    path = path_of(made)
    forged = path.replace(f"{made.pk}-", f"{made.pk + 1}-")
    nothing = [forged, "/h/survey/x/", f"/h/survey/{made.pk}/", f"/h/survey/{made.pk}-/"]
    assert [Client().get(url).status_code for url in nothing] == [404] * 4
    Survey.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert Client().get(path).status_code == 404  # its end is signed too
    made.refresh_from_db()
    assert Client().get(path_of(made)).status_code == 410
    with pytest.raises(NotAllowed, match="no longer be answered"):
        answer_survey(made, score=5, words="", now=timezone.now())


def test_erased_customer_answers_nothing_and_their_words_go() -> None:
    row = settled()
    made = ask(row)
    answer_survey(made, score=2, words="My name is Rosa", now=timezone.now())
    erase_customer(row.customer, by=ada(), now=timezone.now())
    done = Survey.objects.get()
    assert (done.words, done.score) == ("", 2)


def test_months_add_up_for_leads_with_the_answers_behind_them() -> None:
    now = timezone.now()
    for who, score in (("rosa", 5), ("omid", 2), ("zoe", 2), ("ines", None)):
        made = ask(settled(who), at=now)
        if score:
            answer_survey(made, score=score, words=f"From {who}", now=now)
    span = {"since": now - timedelta(hours=1), "till": now + timedelta(hours=1)}
    month = satisfaction(priya(), **span)
    assert (month.asked, month.answered, month.mean, month.scores) == (4, 3, 3.0, [0, 2, 0, 0, 1])
    assert [row.score for row in answers_for(priya(), **span)] == [2, 2, 5]
    for person in (mina(), noor()):
        with pytest.raises(NotAllowed, match="may not see what care came to"):
            satisfaction(person, **span)
    shown = Page(signed_in(priya()).get("/satisfaction/").content.decode())
    assert (len(shown.hooks("survey-month")), len(shown.hooks("survey-answer"))) == (6, 3)


def test_hostile_words_of_an_answer_do_no_harm() -> None:
    row = settled()
    answer_survey(ask(row), score=1, words=HOSTILE, now=timezone.now())
    pages = [signed_in(priya()).get(url) for url in ("/satisfaction/", f"/cases/{row.ref}/")]
    assert [unsafe_parts(page) for page in pages] == [[], []]


def test_responder_asks_from_the_case_page() -> None:
    row = settled()
    client = signed_in(mina())
    sent = {"survey_text": ASKS, "survey_anyway": "It is right."}
    assert client.post(f"/cases/{row.ref}/survey/", sent).status_code == 302
    said = case_part(row)
    assert ("no answer so far" in said, "may be asked again from" in said) == (True, True)


def test_after_the_close_out_asking_is_the_next_step_at_the_head_of_the_case() -> None:
    row = settled()
    Case.objects.filter(pk=row.pk).update(state="closed", closed_out_at=NOON, closed_at=NOON)
    before = case_page(row)
    head = before[before.index('id="case-actions"') : before.index("trail-scroll")]
    assert ('data-test="survey-open"' in head, before.count('id="survey-text"')) == (True, 1)
    sent = {"survey_text": ASKS, "survey_anyway": "It is right."}
    assert signed_in(mina()).post(f"/cases/{row.ref}/survey/", sent).status_code == 302
    row.refresh_from_db()
    assert (row.state, 'data-test="survey-open"' in case_page(row)) == ("closed", False)


def test_closed_case_takes_the_question_and_no_other_message() -> None:
    row = settled()
    Case.objects.filter(pk=row.pk).update(state="closed", closed_out_at=NOON)
    with pytest.raises(NotAllowed, match="This case is closed"):
        queue_reply(row, text="By the way", private=True, by=mina(), now=NOON, attempt="p")
    assert ask(row).reply is not None
