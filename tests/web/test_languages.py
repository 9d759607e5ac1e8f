"""What customers read without an account, in their language: the catalogues, and which one is taken."""

import ast
import gettext
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone, translation
from django.utils.translation.template import templatize

from amends import web
from amends.casework.handoff import SHIPPED, Field
from amends.casework.survey import SCORES as NUMBERS
from amends.desk.actions.handoffs import end_handoff, make_handoff
from amends.desk.models import CasePost, Handoff, HoursRow, PostRow
from amends.desk.queries import handoffs
from amends.desk.queries.handoffs import link_of
from amends.web import languages, outside, surveypage
from amends.web.views import handoff, handoff_form
from tests import factories, people
from tests.factories import NOON
from tests.web.pages import unsafe_parts
from tests.web.support import Page, case_page, case_part
from tests.web.test_handoff import asking

pytestmark = [pytest.mark.database, pytest.mark.alike]

HERE = Path(web.__file__).parent
OTHERS = [code for code in languages.LANGUAGES if code != "en"]
PLACE = re.compile(r"%\(\w+\)s")


@pytest.fixture(autouse=True)
def _counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    cache.clear()
    monkeypatch.setattr(handoff, "reading_of", lambda *_: (factories.reading(0.1), 0.5))


def _written(code: str) -> dict[str, str]:
    """What a catalogue says, read from its text."""
    text = (HERE / "locale" / code / "LC_MESSAGES" / "django.po").read_text("utf-8")
    pairs = re.findall(r'^msgid (".+")\nmsgstr (".*")$', text, re.MULTILINE)
    return {ast.literal_eval(said): ast.literal_eval(means) for said, means in pairs}


def _compiled(code: str) -> Any:
    with (HERE / "locale" / code / "LC_MESSAGES" / "django.mo").open("rb") as file:
        return gettext.GNUTranslations(file)._catalog  # type: ignore[attr-defined]


def _said() -> set[str]:
    """Every sentence that pages for customers ask a catalogue for."""
    code = [templatize(path.read_text("utf-8")) for path in (HERE / "templates/handoff").iterdir()]
    names = (
        "views/handoff.py",
        "views/handoff_form.py",
        "views/surveys.py",
        "languages.py",
        "outside.py",
        "templatetags/said.py",
    )
    code += [(HERE / name).read_text("utf-8") for name in names]
    found = re.findall(r"\b(?:_|gettext)\(\s*u?('[^'\n]+'|\"[^\"\n]+\")", "\n".join(code))
    told = {ast.literal_eval(one).replace("%%", "%") for one in found}
    told |= set(surveypage.SCORES.values()) | {one.label for one in SHIPPED}
    told |= {outside.TOO_MUCH, outside.TOO_LONG_OPEN}
    return told | set(handoffs._WHY.values()) | set(handoff_form._WRONG.values())


@pytest.mark.parametrize("code", OTHERS)
def test_every_sentence_for_customers_is_in_every_catalogue(code: str) -> None:
    written = _written(code)
    assert _said() - {said for said, means in written.items() if means} == set()
    assert [s for s, means in written.items() if PLACE.findall(s) != PLACE.findall(means)] == []
    assert {said: means for said, means in _compiled(code).items() if said} == written


def _open(lang: str) -> tuple[Handoff, str]:
    case = factories.case()
    PostRow.objects.filter(pk=case.first_post_id).update(lang=lang)
    made = make_handoff(case, by=people.mina(), now=timezone.now())
    return made, link_of(made).removeprefix("http://localhost:8000")


def _page(client: Client, path: str, **more: Any) -> tuple[str, Page]:
    source = client.get(path, **more).content.decode()
    return re.findall(r'<html lang="(\w+)"', source)[0], Page(source)


def test_page_speaks_the_language_of_the_customers_post_until_they_choose_another() -> None:
    (_, path), client = _open("de-AT"), Client(headers={"accept-language": "fr"})
    lang, page = _page(client, path)
    assert (lang, "Sagen Sie es uns im Vertrauen" in page.words) == ("de", True)
    assert "Bestell- oder Buchungsnummer freiwillig" in page.words
    assert _page(client, f"{path}?lang=es")[0] == "es"
    assert [_page(client, path)[0], _page(client, f"{path}?lang=tlh")[0]] == ["es", "es"]
    cookie = client.cookies[languages.COOKIE]
    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/h/", True, "Lax")


def test_post_in_a_language_that_we_do_not_speak_is_answered_in_the_browsers() -> None:
    _, path = _open("ja")
    asked = [_page(Client(), path, headers={"accept-language": one})[0] for one in ("pt-BR", "ja")]
    assert asked == ["pt", "en"]
    assert translation.get_language() == "en"


def test_thread_names_the_brand_and_says_times_in_the_customers_language() -> None:
    made, path = _open("it")
    client = Client()
    sent = {"message": "Il mio numero è HA4471.", "attempt": "0" * 16}
    assert client.post(path, sent).status_code == 302
    ours = factories.heard(
        "Grazie, Rosa.", ours=True, private=True, network="handoff", conversation=made.name,
        handle="halcyon-air-1",
    )  # fmt: skip
    CasePost.objects.update_or_create(
        post=ours, defaults={"case": made.case, "why": "ours", "at": NOON}
    )
    answer = client.get(path)
    words = Page(answer.content.decode()).words.replace("\xa0", " ")
    assert ("Lei proprio ora" in words, unsafe_parts(answer)) == (True, [])
    assert re.search(r"Halcyon Air \d+ \w+ fa Grazie", words)
    seen = case_page(made.case)
    assert ("halcyon-air-1" in seen, "<bdi>Halcyon Air</bdi>" in seen) == (False, True)
    day = languages.day_said
    with translation.override("it"):
        made.refresh_from_db()
        assert f"aperta fino al {day(made.expires_at)}" in words


def test_first_message_names_what_was_asked_in_the_language_of_the_page_and_of_the_desk() -> None:
    """Also where they choose another language later; our own questions stay as they were set up."""
    asking(*SHIPPED[:2], Field("Seat"))
    (made, path), client = _open("de"), Client()
    sent = {"f0": "Rosa", "f2": "12 A", "message": "Your name: is on it", "attempt": "0" * 16}
    client.post(path, sent)
    assert "Ihr Name: Rosa Seat: 12 A Your name: is on it" in _page(client, path)[1].words
    french = client.get(f"{path}thread/", {"lang": "fr"})
    assert "Votre nom: Rosa Seat: 12 A" in Page(french.content.decode()).words
    assert "Your name: Rosa Seat: 12 A Your name: is on it" in Page(case_part(made.case)).words


def test_what_is_not_on_the_page_is_said_in_its_language() -> None:
    _, path = _open("it")
    for place in ("calls/1.ics", "letters/1.pdf"):
        answer = Client().get(f"{path}{place}")
        lang = re.findall(r'<html lang="(\w+)"', answer.content.decode())
        assert (answer.status_code, lang) == (404, ["it"])


def test_refusals_and_a_closed_page_are_in_their_language_too() -> None:
    made, path = _open("fr")
    refused = Client().post(path, {"f1": "rosa", "message": "Bonjour", "attempt": "0" * 16})
    words = Page(refused.content.decode()).words
    assert (refused.status_code, "une adresse e-mail. Écrivez-la" in words) == (400, True)
    end_handoff(made, by=people.mina(), now=timezone.now())
    closed = Client().get(path)
    said = "Cette page a été fermée."
    assert (closed.status_code, said in Page(closed.content.decode()).words) == (410, True)


def test_hours_and_moments_are_written_as_each_language_does() -> None:
    hours = HoursRow.objects.create(
        name="Office", zone="Europe/Berlin", windows=[[d, "09:00", "17:00"] for d in range(5)]
    )
    asking(*SHIPPED, phone="+49 30 901820", hours=hours)
    _, path = _open("de")
    assert "Mo-Fr 09:00-17:00 (Europe/Berlin)" in _page(Client(), path)[1].words
    said = {}
    for code in ("en", "de", "fr"):
        with translation.override(code):
            said[code] = languages.moment_said(NOON, "Europe/Berlin")
    assert said == {
        "en": "Monday 2 March, 13:00 (UTC+1)",
        "de": "Montag, 2. März 2026, 13:00 (UTC+1)",
        "fr": "lundi, 2 mars 2026, 13:00 (UTC+1)",
    }


def test_survey_is_asked_in_the_language_of_the_customers_post() -> None:
    from tests.web.test_surveys import ask, path_of, settled

    row = settled()
    PostRow.objects.filter(pk=row.first_post_id).update(lang="pt")
    client, path = Client(), path_of(ask(row))
    lang, page = _page(client, path)
    assert (lang, len(page.hooks("score-5")), len(NUMBERS)) == ("pt", 1, 5)
    assert "Como nos saímos? Só" not in page.words
    assert "5, muito bem" in page.words
    refused = client.post(path, {"score": "9"})
    assert "Escolha um número de 1 a 5." in Page(refused.content.decode()).words


def test_other_language_keeps_what_was_typed_and_sends_nothing() -> None:
    from tests.web.test_surveys import ask, path_of, settled

    made, path = _open("en")
    typed = {"f0": "Rosa", "f1": "no address yet", "message": "Mein Koffer", "lang": "de"}
    client = Client()
    source = client.post(path, typed).content.decode()
    assert ('<html lang="de"' in source, 'value="no address yet"' in source) == (True, True)
    assert ("Mein Koffer</textarea>" in source, 'role="alert"' in source) == (True, False)
    assert (_page(client, path)[0], Handoff.objects.get(pk=made.pk).claimed_at) == ("de", None)

    survey = ask(settled())
    asked = client.post(path_of(survey), {"score": "2", "words": "So late", "lang": "fr"})
    source = asked.content.decode()
    assert ('<html lang="fr"' in source, ">So late</textarea>" in source) == (True, True)
    survey.refresh_from_db()
    assert (source.count(" checked"), survey.answered_at) == (1, None)


@pytest.mark.parametrize(
    ("sent", "status", "said"),
    [
        ({"message": "x" * outside.LARGEST}, 413, "Das ist zu viel für eine Nachricht."),
        ({"message": "Hallo"}, 403, "Diese Seite war zu lange offen"),
    ],
)
def test_refusals_before_anything_is_read_speak_the_customers_language(
    sent: dict[str, str], status: int, said: str
) -> None:
    """The second: a form whose token is not ours. Neither sends a customer to the desk's inbox."""
    (_, path), client = _open("en"), Client(enforce_csrf_checks=True)
    german = client.post(path, sent, headers={"accept-language": "de"})
    source = german.content.decode()
    assert (german.status_code, said in Page(source).words) == (status, True)
    assert "/inbox/" not in source
    assert unsafe_parts(german) == []
    client.cookies[languages.COOKIE] = "en"
    english = Page(client.post(path, sent, headers={"accept-language": "de"}).content.decode())
    assert "Send it again" in english.words
