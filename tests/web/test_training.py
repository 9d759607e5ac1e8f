"""Training, the policy and who may speak, as their pages show them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from amends.casework.training import shipped
from amends.desk.actions.delivery import claim_reply
from amends.desk.actions.speaking import publish_policy, save_speaking_rules, take_quiz
from amends.desk.models import (
    Acknowledgement,
    ChannelRow,
    Draft,
    OutgoingReply,
    OwnModule,
    SocialPolicy,
    SpeakingRules,
    TrainingAttempt,
)
from tests import factories, people
from tests.casework.test_training import LESSON, QUIZ
from tests.web.support import Page, case_page, signed_in, write

pytestmark = [pytest.mark.database, pytest.mark.alike]

LISTEN = shipped()["listen-first"]
RIGHT = {f"q{n}": str(question.right) for n, question in enumerate(LISTEN.questions)}
DAY = timedelta(days=1)


def _ask_training() -> None:
    save_speaking_rules(
        trained_from=timezone.now() - DAY, names=["listen-first"], must_sign=False,
        by=people.ada(), now=timezone.now(),
    )  # fmt: skip


def _publish(text: str = "# Tone\nBe kind.\n- Never <threaten>.") -> SocialPolicy:
    now = timezone.now()
    return publish_policy(text=text, asked_from=now, by=people.ada(), now=now)


def test_learner_reads_answers_and_passes() -> None:
    """R51: a module, its quiz, and until when it counts."""
    _ask_training()
    client = signed_in(people.mina())
    page = Page(client.get("/training/").content.decode())
    assert (len(page.hooks("module")), "0 of 9 passed" in page.words) == (9, True)
    assert "The training “Listen first” is not taken yet." in page.words
    answer = client.post("/training/modules/listen-first/", RIGHT)
    result = Page(client.get(answer["Location"]).content.decode())
    assert "Passed, with 6 of 6" in result.words
    assert [one["href"] for one in result.hooks("next-module")] == [
        "/training/modules/where-it-began/"
    ]
    again = Page(client.get("/training/").content.decode())
    assert "You may speak for the company." in again.words


def test_whoever_fails_is_told_why_and_not_which_is_right() -> None:
    client = signed_in(people.mina())
    answer = client.post("/training/modules/listen-first/", dict.fromkeys(RIGHT, "0"))
    page = client.get(answer["Location"]).content.decode()
    first = LISTEN.questions[0]
    assert (first.choices[0].why in page, first.choices[1].why in page) == (True, False)
    assert "1 of 6: not yet" in Page(page).words


def test_quiz_without_an_answer_keeps_what_was_chosen() -> None:
    some = {name: place for name, place in RIGHT.items() if name != "q3"} | {"q0": "²"}
    answer = signed_in(people.mina()).post("/training/modules/listen-first/", some)
    page = Page(answer.content.decode())
    assert (answer.status_code, TrainingAttempt.objects.count()) == (400, 0)
    assert "Question 1 has no answer yet." in page.words
    assert sum("checked" in attrs for tag, attrs in page.tags if tag == "input") == 4


def test_nobody_sees_the_tries_of_others() -> None:
    attempt = take_quiz(LISTEN, answers=[0] * 6, by=people.omar(), now=timezone.now())
    page = signed_in(people.mina()).get(f"/training/modules/listen-first/?try={attempt.pk}")
    assert Page(page.content.decode()).hooks("result") == []


def test_policy_stands_beside_the_composer_and_is_acknowledged() -> None:
    """R49: read in the composer, acknowledged per person, asked again by a new version."""
    case, client = factories.case(), signed_in(people.mina())
    _publish()
    beside = Page(case_page(case))
    assert (len(beside.hooks("policy-beside")), len(beside.hooks("may-not-send"))) == (1, 1)
    text = client.get("/training/policy/text/").content.decode()
    assert "<h3>Tone</h3><p>Be kind.</p><ul><li>Never &lt;threaten&gt;.</li></ul>" in text
    client.post("/training/policy/acknowledge/", {"number": "1"})
    assert Acknowledgement.objects.get().person == people.mina()
    assert Page(case_page(case)).hooks("may-not-send") == []
    _publish("Be kinder.")
    assert client.post("/training/policy/acknowledge/", {"number": "1"}).status_code == 302
    assert "version 2 of the social media policy" in Page(case_page(case)).words


def test_lead_sees_who_acknowledged_which_version() -> None:
    _publish()
    signed_in(people.mina()).post("/training/policy/acknowledge/", {"number": "1"})
    lead = Page(signed_in(people.priya()).get("/training/policy/").content.decode())
    other = Page(signed_in(people.omar()).get("/training/policy/").content.decode())
    assert ("Acknowledged by 1 Mina Kaya" in lead.words, other.hooks("who-read")) == (True, [])


def test_refused_send_keeps_the_draft() -> None:
    """R51: expired training leaves drafting only."""
    _ask_training()
    case = factories.case()
    answer = write(signed_in(people.mina()), case, "public", "What did they say at the gate?")
    assert (answer.status_code, OutgoingReply.objects.count()) == (403, 0)
    assert "is not taken yet" in answer.content.decode()
    assert Draft.objects.get().text == "What did they say at the gate?"


def test_held_reply_says_why_and_is_sent_once_its_writer_has_renewed() -> None:
    """R51: the worker held it; the case says so, and offers to send it."""
    case, client = factories.case(), signed_in(people.mina())
    write(client, case, "public", "What did they say at the gate?")
    _ask_training()
    assert claim_reply(now=timezone.now(), holder="w") is None
    page = Page(case_page(case))
    assert "Mina Kaya may not send now: the training “Listen first” is not taken yet." in page.words
    assert "A reply was held, as whoever wrote it may not speak for the company now" in page.words
    reply = OutgoingReply.objects.get()
    url = f"/cases/{case.ref}/replies/{reply.pk}/send-again/"
    assert client.post(url).status_code == 403
    client.post("/training/modules/listen-first/", RIGHT)
    assert (client.post(url).status_code, len(page.hooks("send-again"))) == (302, 1)
    assert claim_reply(now=timezone.now(), holder="w") == reply


def test_overview_names_who_may_not_speak_and_why() -> None:
    people.mina()
    _ask_training()
    take_quiz(
        LISTEN, answers=[q.right for q in LISTEN.questions], by=people.priya(), now=timezone.now()
    )
    page = Page(signed_in(people.priya()).get("/training/people/").content.decode())
    assert len(page.hooks("speaker")) == 3
    assert page.words.count("The training “Listen first” is not taken yet") == 2


def test_administrator_decides_what_is_asked_and_publishes_the_policy() -> None:
    client = signed_in(people.ada())
    sent = {"trained": "yes", "trained_from": "2026-03-02", "names": ["speed"], "must_sign": "on"}
    assert client.post("/set-up/speaking/", sent).status_code == 302
    rules = SpeakingRules.objects.get()
    assert (rules.modules, rules.must_sign, str(rules.trained_from)[:10]) == (
        ["speed"], True, "2026-03-02",
    )  # fmt: skip
    policy = {"text": "Be kind.", "changes": "", "days": "7"}
    assert client.post("/set-up/speaking/policy/", policy).status_code == 302
    made = SocialPolicy.objects.get()
    assert (made.number, (made.asked_from - made.at).days) == (1, 7)
    bad = client.post("/set-up/speaking/policy/", policy)
    assert (bad.status_code, "Not a word" in bad.content.decode()) == (400, True)


def test_training_without_a_day_or_a_module_is_refused_with_a_sentence() -> None:
    client = signed_in(people.ada())
    tries = [
        client.post("/set-up/speaking/", {"trained": "yes", "names": ["speed"]}),
        client.post("/set-up/speaking/", {"trained": "yes", "trained_from": "2026-03-02"}),
    ]
    assert [one.status_code for one in tries] == [400, 400]
    assert "Say from which day on" in tries[0].content.decode()
    assert "Choose at least one training" in tries[1].content.decode()


def test_company_writes_sees_and_takes_away_its_own_module() -> None:
    client = signed_in(people.ada())
    sent = {
        "title": "Our lounge", "about": "", "lesson": LESSON, "quiz": QUIZ, "pass_percent": "100",
        "valid_days": "90",
    }  # fmt: skip
    shown = Page(
        client.post("/set-up/speaking/modules/new/", sent | {"show": "1"}).content.decode()
    )
    assert (len(shown.hooks("module-shown")), OwnModule.objects.count()) == (1, 0)
    assert client.post("/set-up/speaking/modules/new/", sent).status_code == 302
    row = OwnModule.objects.get()
    assert "Our lounge" in client.get("/training/").content.decode()
    wrong = client.post(f"/set-up/speaking/modules/{row.pk}/", sent | {"quiz": "? Alone"})
    assert (wrong.status_code, "3 to 40 questions" in wrong.content.decode()) == (400, True)
    client.post(f"/set-up/speaking/modules/{row.pk}/remove/", follow=True)
    assert "Our lounge" not in client.get("/training/").content.decode()


def test_account_without_a_deputy_raises_an_alert_until_there_is_one() -> None:
    """R37: on the pages and in the health list."""
    row, mina, priya = factories.channel(), people.mina(), people.priya()
    client = signed_in(people.ada())
    places = ("/set-up/", "/listening/")
    alerts = [len(Page(client.get(url).content.decode()).hooks("keeper-gap")) for url in places]
    assert (alerts, "It has no deputy." in client.get("/set-up/channels/").content.decode()) == (
        [1, 1], True,
    )  # fmt: skip
    url = f"/set-up/channels/{row.pk}/keepers/"
    client.post(url, {"owner": str(mina.pk), "deputy": str(mina.pk)})
    assert ChannelRow.objects.get().owner is None
    client.post(url, {"owner": str(mina.pk), "deputy": str(priya.pk)})
    kept = ChannelRow.objects.get()
    assert (kept.owner, kept.deputy) == (mina, priya)
    alerts = [len(Page(client.get(url).content.decode()).hooks("keeper-gap")) for url in places]
    assert alerts == [0, 0]
    saved = client.post(f"/people/{mina.pk}/", {"role": "responder"}, follow=True)
    assert "was looked after by Mina Kaya" in saved.content.decode()
    assert "Its owner Mina Kaya has left" in client.get("/listening/").content.decode()


def test_person_signs_as_they_chose() -> None:
    """R27."""
    case, client = factories.case(), signed_in(people.mina())
    client.post("/account/", {"name": "Mina Kaya", "signs": "first"})
    write(client, case, "public", "What did they say at the gate?", sign="1")
    assert OutgoingReply.objects.get().text == "What did they say at the gate? ^Mina"
