"""The private page: open to whoever has its link, and to nobody else; it tells nothing of the case."""

import re
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from amends.casework.handoff import Field, FieldKind
from amends.desk.actions.handoffs import end_handoff, make_handoff
from amends.desk.actions.pages import save_page
from amends.desk.models import Case, Handoff, HoursRow, IntakePage, PostRow, Responder
from amends.desk.queries.handoffs import link_of, words_of
from amends.web.outside import LARGEST
from amends.web.views import handoff
from tests import factories, people
from tests.web.pages import HOSTILE, unsafe_parts
from tests.web.support import Page, case_page, signed_in, write

pytestmark = [pytest.mark.database, pytest.mark.alike]


@pytest.fixture(autouse=True)
def _counted_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was counted, and nothing waits for the real reader to be loaded."""
    cache.clear()
    monkeypatch.setattr(handoff, "reading_of", lambda *_: (factories.reading(0.1), 0.5))


@pytest.fixture
def case() -> Case:
    return factories.case()


def path_of(case: Case) -> str:
    made = make_handoff(case, by=people.mina(), now=_now())
    return link_of(made).removeprefix("http://localhost:8000")


def _now() -> Any:
    from django.utils import timezone

    return timezone.now()


def post(client: Client, path: str, message: str = "It is HA4471.", **more: str) -> Any:
    sent = {"message": message, "attempt": "0" * 16, **more}
    return client.post(path, sent)


def words(answer: Any) -> str:
    return Page(answer.content.decode()).words


def asking(*fields: Field, **more: Any) -> IntakePage:
    told = {"greeting": "", "invitation": "", "phone": "", "mail": "", "hours": None, "days": 14}
    return save_page(factories.brand(), fields=fields, by=None, **told | more)


def test_page_asks_what_the_brand_asks_and_shows_nothing_of_the_case(case: Case) -> None:
    """R32: the link opens an intake page."""
    asking(Field("Booking", FieldKind.TEXT, required=True), greeting="Mina and her team read this.")
    seen = Client().get(path_of(case))
    said = words(seen)
    assert "Halcyon Air Tell us in private Mina and her team read this. Booking What would" in said
    source = seen.content.decode()
    told = [case.ref, "rosa", "lost my bag", "Kaya", "demo", case.state]
    assert [one for one in told if one in source] == []
    assert unsafe_parts(seen) == []


def test_page_is_kept_from_indexes_caches_and_other_sites(case: Case) -> None:
    seen = Client().get(path_of(case))
    names = ("X-Robots-Tag", "Cache-Control", "Referrer-Policy", "X-Frame-Options")
    assert [seen[name] for name in names] == [
        "noindex, nofollow, noarchive, nosnippet", "no-store", "same-origin", "DENY",
    ]  # fmt: skip
    assert '<meta name="robots" content="noindex' in seen.content.decode()
    assert Client().get("/robots.txt").content == b"User-agent: *\nDisallow: /\n"


def test_whoever_writes_first_has_the_page_and_others_see_nothing_on_it(case: Case) -> None:
    path, mine, other = path_of(case), Client(), Client()
    answer = post(mine, path, "My card ends in 1111.")
    cookie = mine.cookies["amends_page"]
    assert (answer.status_code, cookie["path"], cookie["httponly"], cookie["samesite"]) == (
        302, path, True, "Lax",
    )  # fmt: skip
    assert "My card ends in 1111." in words(mine.get(path))
    assert "Somebody is writing with us on this page already" in words(other.get(path))
    assert "1111" not in words(other.get(path)) + words(other.get(f"{path}thread/"))
    assert post(other, path, "It is me!").status_code == 403
    assert PostRow.objects.filter(network="handoff").count() == 1


def test_own_address_lets_another_browser_of_theirs_in(case: Case) -> None:
    path, mine, phone = path_of(case), Client(), Client()
    post(mine, path)
    found = re.search(r"/h/[\w-]+/back/[\w-]+/", mine.get(path).content.decode())
    assert found is not None
    assert phone.get(found[0])["Location"] == path
    assert "It is HA4471." in words(phone.get(path))
    stranger = Client()
    stranger.get(f"{path}back/guess/")
    assert "HA4471" not in words(stranger.get(path))


def test_what_is_missing_is_said_and_nothing_typed_is_lost(case: Case) -> None:
    asking(
        Field("Booking", FieldKind.TEXT, required=True), Field("Phone", FieldKind.PHONE),
        Field("Mail", FieldKind.EMAIL), Field("Day", FieldKind.DATE),
    )  # fmt: skip
    answer = post(Client(), path_of(case), "My bag!", f1="12", f2="rosa", f3="soon")
    said, source = words(answer), answer.content.decode()
    assert answer.status_code == 400
    for one in ("This field is required", "is no telephone number", "is no e-mail address", "valid date"):  # fmt: skip
        assert one in said
    assert [one for one in ("My bag!", 'value="12"', 'value="rosa"') if one not in source] == []
    assert not PostRow.objects.filter(network="handoff").exists()


def test_answers_stand_beside_the_case(case: Case) -> None:
    asking(Field("Booking"), Field("Phone", FieldKind.PHONE))
    post(Client(), path_of(case), "My bag!", f0=HOSTILE, f1="+44 20 7946 0958")
    assert Handoff.objects.get().answers == [["Booking", HOSTILE], ["Phone", "+44 20 7946 0958"]]
    seen = signed_in(people.mina()).get(f"/cases/{case.ref}/")
    assert unsafe_parts(seen) == []
    assert "Private page not proven so far Booking" in words(seen)


def test_colleague_answers_on_the_page(case: Case) -> None:
    post(Client(), path_of(case))
    source = case_page(case)
    assert "on their private page" in source
    write(signed_in(people.mina()), case, "private", "The bag is found, Rosa. ^MK")
    reply = case.replies.get()
    assert (reply.channel.network, reply.status) == ("handoff", "ready")


@pytest.mark.parametrize("how", ["tampered", "ended", "expired"])
def test_link_that_is_no_longer_one_says_so_kindly(case: Case, how: str) -> None:
    path = path_of(case)
    if how == "tampered":
        path = path[:-3] + "A/"
    elif how == "ended":
        end_handoff(Handoff.objects.get(), by=people.mina(), now=_now())
    else:
        Handoff.objects.update(expires_at=factories.NOON)
    seen = Client().get(path)
    told = {
        "tampered": (404, "There is no such page."),
        "ended": (410, "This page was closed."),
        "expired": (410, "This page is no longer open"),
    }
    assert (seen.status_code, told[how][1] in words(seen)) == (told[how][0], True)
    assert post(Client(), path).status_code == told[how][0]


def test_too_much_or_too_often_is_refused(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    path = path_of(case)
    assert post(Client(), path, "x" * LARGEST).status_code == 413
    chunked = Client().post(path, data=b"", content_type="text/plain", CONTENT_LENGTH="")
    assert chunked.status_code == 411
    client = Client()
    monkeypatch.setattr(handoff, "_MOST_WORDS", 3)
    answers = [post(client, path, str(n), attempt=f"{n:016x}").status_code for n in range(4)]
    assert answers == [302, 302, 302, 403]


def test_guessing_links_is_slowed_down_and_shuts_out_nobody_who_has_one(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handoff, "_MOST_GUESSES", 4)
    answers = [Client().get(f"/h/{n:034d}/").status_code for n in range(5)]
    assert answers == [404] * 4 + [429]
    assert Client().get(path_of(case)).status_code == 200


def test_forged_form_is_refused(case: Case) -> None:
    assert post(Client(enforce_csrf_checks=True), path_of(case)).status_code == 403


def test_hostile_words_are_shown_and_do_nothing(case: Case) -> None:
    path, client = path_of(case), Client()
    post(client, path, f"{HOSTILE}\0 javascript:alert(1)", attempt="1" * 16)
    post(client, path, f"{HOSTILE} \ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), attempt="2" * 16)  # fmt: skip
    for seen in (client.get(path), client.get(f"{path}thread/"), signed_in(people.mina()).get(f"/cases/{case.ref}/")):  # fmt: skip
        assert unsafe_parts(seen) == []
        assert "alert(1)" in words(seen)


def test_other_ways_to_reach_us_are_checked_and_shown_with_their_hours(case: Case) -> None:
    """R32, R48: telephone and e-mail, with hours."""
    hours = HoursRow.objects.create(
        name="Office", zone="Europe/Berlin", windows=[[d, "09:00", "17:00"] for d in range(5)]
    )
    asking(phone="+49 30 901820", mail="care@halcyon.example", hours=hours)
    seen = Client().get(path_of(case))
    assert "Telephone +49 30 901820 Mon-Fri 09:00-17:00 (Europe/Berlin)" in words(seen)
    assert 'href="tel:+4930901820"' in seen.content.decode()
    assert "E-mail care@halcyon.example" in words(seen)
    answer = "So sorry about the bag, Rosa. Call us: +49 30 901820, or care@halcyon.example ^MK"
    assert write(signed_in(people.mina()), case, "public", answer).status_code == 302


def test_administrator_sets_up_what_the_page_asks() -> None:
    brand, client = factories.brand(), signed_in(people.ada())
    url = f"/set-up/private/{brand.pk}/"
    assert "Asks for Your name, E-mail address, Order or booking number" in words(client.get("/set-up/private/"))  # fmt: skip
    kinds = {f"kind{n}": "text" for n in range(8)}
    sent = kinds | {
        "label0": "Booking",
        "needed0": "on",
        "days": "7",
        "phone": "12",
        "label1": "Phone",
    }
    wrong = client.post(url, sent)
    assert (wrong.status_code, "is no telephone number" in words(wrong)) == (400, True)
    assert 'value="Booking"' in wrong.content.decode()
    assert client.post(url, sent | {"phone": "+49 30 901820"}).status_code == 302
    assert "Booking (must be filled in), Phone Telephone +49 30 901820" in words(client.get("/set-up/private/"))  # fmt: skip
    twice = client.post(url, sent | {"phone": "", "label1": "booking"})
    assert "Two of the things asked for have one name" in words(twice)


def test_composer_gives_the_cases_link_to_those_who_may_reply(case: Case) -> None:
    """R32: the link is inserted by one key."""
    url = f"/cases/{case.ref}/link/"
    given = signed_in(people.mina()).post(url).content.decode()
    assert given == (
        f"Please tell us more here, where only we can read it: {link_of(Handoff.objects.get())}"
    )
    assert signed_in(people.omar()).post(url).content.decode() == given
    assert 'data-test="insert-link"' in case_page(case)
    for who in (people.noor, people.vic):
        assert signed_in(who()).post(url).status_code == 403
    assert isinstance(people.mina(), Responder)


def test_customers_address_serves_their_pages_alone(case: Case, settings: Any) -> None:
    settings.AMENDS_PUBLIC_ADDRESS = "https://care.example"
    settings.ALLOWED_HOSTS = ["*"]
    path = path_of(case).removeprefix("https://care.example")
    there, here = Client(headers={"host": "care.example"}), Client()
    statuses = [there.get(one).status_code for one in (path, "/sign-in/", "/inbox/", "/robots.txt")]
    assert (statuses, here.get("/sign-in/").status_code) == ([200, 404, 404, 200], 200)
    post(there, path)
    assert (there.cookies["amends_page"]["secure"], len(words_of(Handoff.objects.get()))) == (
        True,
        1,
    )
