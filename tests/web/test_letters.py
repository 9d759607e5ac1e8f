"""Letters, budgets and what is owed, on the pages."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from amends.desk.actions.handoffs import prove_handoff
from amends.desk.models import Budget, Case, Handoff, Letter
from amends.web.views import handoff
from tests import factories, people
from tests.desk.test_letters import WORDS
from tests.web.pages import HOSTILE, unsafe_parts
from tests.web.support import HTMX, Page, case_part, signed_in
from tests.web.test_handoff import _now, path_of, post, words

pytestmark = [pytest.mark.database, pytest.mark.alike]


@pytest.fixture(autouse=True)
def _read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handoff, "reading_of", lambda *_: (factories.reading(0.1), 0.5))


def _do(
    case: Case, verb: str, data: dict[str, str], who: str = "mina", *, shown: bool = True
) -> Any:
    """``shown``: where somebody looks at the case afterwards."""
    client = signed_in(getattr(people, who)())
    answer = client.post(f"/cases/{case.ref}/{verb}/", data, headers=HTMX if shown else None)
    assert shown or answer.status_code == 302
    return answer


def _begun() -> tuple[Case, str]:
    case = factories.case()
    _do(case, "letter", {"recipient": "Rosa", "letter_due": "2026-12-01"}, shown=False)
    return case, f"/cases/{case.ref}/letters/{Letter.objects.get().pk}/"


def _decide(
    case: Case, decision: str, who: str = "mina", *, shown: bool = True, **more: str
) -> Any:
    letter = Letter.objects.get()
    sent = {"pk": str(letter.pk), "decision": decision, "seen": letter.sha256, **more}
    return _do(case, "letter-decide", sent, who, shown=shown)


def test_letter_goes_from_the_case_page_to_the_post() -> None:
    """R43."""
    people.priya()
    case, url = _begun()
    assert "Letter of apology being written" in Page(case_part(case)).words
    answer = signed_in(people.mina()).post(url, WORDS | {"hand-in": "1"})
    assert answer["Location"] == f"/cases/{case.ref}/"
    assert "May be approved by Priya Nair" in case_part(case)
    page = signed_in(people.priya()).get(f"/cases/{case.ref}/", headers=HTMX)
    assert 'data-test="letter-approve"' in page.content.decode()
    assert "to be sent" in words(_decide(case, "approve", "priya"))
    done = words(_decide(case, "post"))
    assert "Mina Kaya sent a letter by post" in done
    assert "approved by Priya Nair, by post" in done
    file = signed_in(people.vic()).get(f"/cases/{case.ref}/letters/{Letter.objects.get().pk}.pdf")
    assert (file["Content-Type"], file.content[:5]) == ("application/pdf", b"%PDF-")
    assert file["Content-Disposition"].startswith("attachment;")


def test_letter_that_is_refused_keeps_what_was_typed() -> None:
    people.priya()
    case, url = _begun()
    client = signed_in(people.mina())
    threat = "If you do not delete your post, you will get no money from us."
    answer = client.post(url, WORDS | {"body": threat, "hand-in": "1"})
    assert (answer.status_code, threat in answer.content.decode()) == (400, True)
    assert "The guard stops this" in words(answer)
    assert Letter.objects.get().body == threat
    assert "Before it is handed in, write the letter itself" in words(client.post(url, WORDS | {"body": "", "hand-in": "1"}))  # fmt: skip
    foreign = client.post(url, WORDS | {"subject": "你好", "hand-in": "1"})
    assert "has no sign for “你”" in words(foreign)
    assert client.post(url, WORDS | {"save": "1"})["Location"] == url
    assert case.letters.get().subject == WORDS["subject"]


def test_letter_is_given_back_with_why() -> None:
    people.priya()
    case, url = _begun()
    signed_in(people.mina()).post(url, WORDS | {"hand-in": "1"})
    assert "Say why" in words(_decide(case, "refuse", "priya", because=" "))
    _decide(case, "refuse", "priya", because="Too cold.", shown=False)
    assert "Given back: “Too cold.”" in words(signed_in(people.mina()).get(url))
    assert "no such letter in this case" in words(_do(case, "letter-decide", {"pk": "99"}))


def test_hostile_words_in_a_letter_do_nothing() -> None:
    case, url = _begun()
    client = signed_in(people.mina())
    client.post(url, dict.fromkeys(WORDS, HOSTILE) | {"save": "1"})
    assert unsafe_parts(client.get(f"/cases/{case.ref}/")) == []
    # In its own fields a colleague finds again what they typed, to the letter.
    assert set(unsafe_parts(client.get(url))) == {"hidden character"}


def test_letter_of_another_case_and_of_other_roles_is_out_of_reach() -> None:
    case, url = _begun()
    other = factories.case(handle="omar")
    pk = Letter.objects.get().pk
    assert signed_in(people.mina()).get(f"/cases/{other.ref}/letters/{pk}/").status_code == 404
    assert signed_in(people.mina()).get(f"/cases/{case.ref}/letters/{pk}.pdf").status_code == 404
    assert signed_in(people.noor()).get(url).status_code == 403
    assert signed_in(people.sol()).get(f"/cases/{case.ref}/letters/{pk}.pdf").status_code == 403


def test_customer_saves_their_letter_from_their_page_once_they_are_proven() -> None:
    """R43: a link on the intake page."""
    cache.clear()
    people.priya()
    case, url = _begun()
    path, mine = path_of(case), Client()
    post(mine, path)
    signed_in(people.mina()).post(url, WORDS | {"hand-in": "1"})
    _decide(case, "approve", "priya", shown=False)
    assert "no private page that is open and proven" in words(_decide(case, "page"))
    prove_handoff(Handoff.objects.get(), by=people.mina(), now=_now())
    _decide(case, "page", shown=False)
    file = f"{path}letters/{Letter.objects.get().pk}.pdf"
    assert "A letter to you Your black suitcase" in words(mine.get(path))
    assert mine.get(file).content[:5] == b"%PDF-"
    assert Client().get(file).status_code == 404
    Handoff.objects.update(proven_at=None)
    assert mine.get(file).status_code == 404


def test_budget_is_set_up_shown_and_asked() -> None:
    """R41: by month, with what is spent and open; beyond it waits for somebody else."""
    case, ada = factories.case(), signed_in(people.ada())
    sent = {"brand": str(case.brand_id), "currency": "eur", "amount": "60", "beyond": "approve"}
    assert ada.post("/set-up/budgets/", sent).status_code == 302
    credit = {"kind": "credit", "currency": "EUR", "what": "For the taxi"}
    _do(case, "remedy", credit | {"amount": "50"}, shown=False)
    over = words(_do(case, "remedy", credit | {"amount": "30"}))
    assert "Credit, 30.00 EUR waits for approval For the taxi Mina Kaya" in over
    assert "May approve: Ada Berg. beyond the budget" in over
    assert "over This month 0.00 of 60.00 EUR spent, 80.00 open." in over
    assert "gives a credit beyond the month's budget, which waits for" in over
    page = ada.get("/set-up/budgets/")
    assert "Halcyon Air 60.00 EUR 0.00 80.00 -20.00 It waits for somebody else" in words(page)
    refused = ada.post("/set-up/budgets/", sent | {"currency": "€", "amount": "7"})
    assert (refused.status_code, "three letters" in words(refused)) == (400, True)
    assert ada.post(f"/set-up/budgets/{Budget.objects.get().pk}/remove/").status_code == 302
    assert not Budget.objects.exists()


def test_what_is_owed_stands_on_one_page() -> None:
    """R42: open gestures listed."""
    case, _ = _begun()
    _do(case, "remedy", {"kind": "delivery", "what": HOSTILE, "due_on": "2026-03-01"}, shown=False)
    page = signed_in(people.mina()).get("/owed/")
    assert f"{case.ref} @rosa Something delivered" in words(page)
    assert "1 Mar 2026, late Mina Kaya" in words(page)
    assert "Letter of apology being written 1 Dec 2026" in words(page)
    assert unsafe_parts(page) == []
