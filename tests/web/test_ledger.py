"""The ledger on the case page: fault, remedies, promises."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.http import QueryDict

from amends.casework import Role
from amends.casework.budgets import month_of
from amends.casework.remedies import RemedyStatus
from amends.desk.models import Case, Promise, Remedy
from amends.terms import BadInput
from amends.web.views.acts import ACTS
from tests import factories, people
from tests.support.trying import Tried
from tests.web.pages import unsafe_parts
from tests.web.support import HTMX, Page, case_part, signed_in

pytestmark = [pytest.mark.database, pytest.mark.alike]

OURS = {
    "fault": "ours",
    "facts": "The scanner was off.",
    "fix": "A new one",
    "fix_on": "2026-03-09",
}
CREDIT = {"kind": "credit", "amount": "20,50", "currency": "eur", "what": "For the taxi"}
PROMISE = {"words": "Call Rosa back", "due": "2099-03-09T12:00"}


def _post(case: Case, verb: str, data: dict[str, Any], who: str = "mina") -> Any:
    client = signed_in(getattr(people, who)())
    return client.post(f"/cases/{case.ref}/{verb}/", data, headers=HTMX)


def _done(case: Case, verb: str, data: dict[str, Any], who: str = "mina") -> None:
    """Where nobody looks at the page that follows."""
    client = signed_in(getattr(people, who)())
    assert client.post(f"/cases/{case.ref}/{verb}/", data).status_code == 302


def _part(answer: Any, name: str) -> str:
    source = answer.content.decode()
    found = re.search(f'<section data-test="{name}".*?</section>', source, re.DOTALL)
    return Page(found[0]).words if found else ""


def test_fault_is_determined_on_the_page_with_who_and_why() -> None:
    """R38, R39."""
    answer = _post(factories.case(), "fault", OURS)
    words = _part(answer, "ledger")
    assert (
        "Ours The scanner was off. Fixed by 9 March 2026 : A new one Mina Kaya, under 1 min"
        in words
    )
    assert "Mina Kaya determined that it was our fault" in Page(answer.content.decode()).words
    assert unsafe_parts(answer) == []


REFUSED: tuple[tuple[str, dict[str, str], str], ...] = (
    ("fault", OURS | {"fix_on": ""}, "say what is fixed or will be, and by which day"),
    ("fault", OURS | {"facts": ""}, "Say on what facts this rests"),
    ("fault", OURS | {"fault": "nobody"}, "Choose whose fault it was"),
    ("fault", OURS | {"fix_on": "soon"}, "is no date. Write one as 2026-12-24"),
    ("second-chance", {"chance": "asked"}, "Determine the fault first"),
    ("second-chance", {}, "A second chance is asked, given"),
    ("remedy", CREDIT | {"amount": "much"}, "is no amount. Write one as 49.90"),
    ("remedy", CREDIT | {"amount": "1.999"}, "two digits behind the point"),
    ("remedy", CREDIT | {"amount": "1e99"}, "An amount lies between"),
    ("remedy", CREDIT | {"kind": "bribe"}, "Choose what is given"),
    ("remedy-decide", {"decision": "deliver", "pk": "99"}, "no such remedy in this case"),
    ("remedy-decide", {"decision": "eat", "pk": "9" * 40}, "no such remedy in this case"),
    ("promise", PROMISE | {"due": "2020-01-01T12:00"}, "due at a time to come"),
    ("promise", PROMISE | {"due": "later"}, "is no date and time"),
    ("promise", PROMISE | {"words": " "}, "Write what was promised"),
    ("promise-decide", {"decision": "keep", "pk": "x"}, "no such promise in this case"),
)


def test_refusal_is_a_sentence_and_changes_nothing() -> None:
    case, mina, tried = factories.case(), people.mina(), Tried()
    for verb, typed, words in REFUSED:
        with tried((verb, typed)):
            sent = QueryDict(mutable=True)
            sent.update(typed)
            with pytest.raises(BadInput, match=words):
                ACTS[verb](case, sent, mina, factories.NOON)
            assert Case.objects.get().head == case.head
    assert tried.wrong == []


def test_what_was_typed_is_kept_where_it_was_refused() -> None:
    answer = _post(factories.case(), "fault", OURS | {"fix_on": ""})
    source = answer.content.decode()
    assert ">The scanner was off.</textarea>" in source
    assert re.search(r'name="sign" value="1"[^>]* checked', source)
    assert '<details class="amend" open><summary class="button small">Determine' in source


def test_draft_is_judged_as_signed_where_another_form_was_refused() -> None:
    """R27, R28: the guard looks at what would be sent, and it would be signed."""
    case = factories.case()
    _post(case, "draft", {"mode": "public", "text": "We see you, Rosa, and look into your pram."})
    seen = signed_in(people.mina()).get(f"/cases/{case.ref}/", headers=HTMX)
    refused = _post(case, "fault", OURS | {"fix_on": ""})
    assert "Rosa, and look into" in refused.text
    assert ["Nobody signs this" in one.text for one in (seen, refused)] == [False, False]


def test_remedy_over_the_limit_is_approved_by_somebody_else_on_the_page() -> None:
    """R41."""
    case = factories.case()
    offered = _post(case, "remedy", CREDIT | {"amount": "80"})
    assert "Credit, 80.00 EUR waits for approval For the taxi" in _part(offered, "remedies")
    assert "Nobody else may approve this much." in _part(offered, "remedies")
    people.ada(), people.priya()
    assert "May approve: Ada Berg, Priya Nair." in _part(
        _post(case, "label", {"label": "x"}), "remedies"
    )
    assert 'value="approve"' not in offered.content.decode()
    pk = str(Remedy.objects.get().pk)
    seen = signed_in(people.priya()).get(f"/cases/{case.ref}/", headers=HTMX)
    assert "Approve Refuse" in _part(seen, "remedies")
    _done(case, "remedy-decide", {"decision": "approve", "pk": pk}, "priya")
    done = _part(_post(case, "remedy-decide", {"decision": "deliver", "pk": pk}), "remedies")
    assert "Credit, 80.00 EUR delivered For the taxi Mina Kaya, decided by Priya Nair" in done
    assert Remedy.objects.get().status == RemedyStatus.DELIVERED


def test_remedy_beyond_every_limit_is_offered_to_nobody_for_approval() -> None:
    """R41: who could only be refused is not asked; they may refuse it themselves."""
    case, lead = factories.case(), people.priya()
    _done(case, "remedy", CREDIT | {"amount": "900"})
    seen = _part(signed_in(lead).get(f"/cases/{case.ref}/", headers=HTMX), "remedies")
    assert "Nobody else may approve this much." in seen
    assert "Refuse" in seen
    assert "Approve Refuse" not in seen


def test_second_chance_is_offered_where_it_was_not_our_fault() -> None:
    """R40."""
    case = factories.case()
    ours = _post(case, "fault", OURS)
    assert 'value="asked"' not in ours.content.decode()
    theirs = _post(case, "fault", {"fault": "third_party", "facts": "A storm."})
    assert "We asked for a second chance" in _part(theirs, "ledger")
    asked = _post(case, "second-chance", {"chance": "asked"})
    assert "They give it They decline They stay silent" in _part(asked, "ledger")
    given = _post(case, "second-chance", {"chance": "given"})
    assert "A second chance was given ." in _part(given, "ledger").replace("given.", "given .")


def test_promise_is_noted_moved_and_kept() -> None:
    case = factories.case()
    noted = _post(case, "promise", PROMISE)
    assert re.search(
        r"Call Rosa back due in \d+ d Mina Kaya Kept No longer stands", _part(noted, "promises")
    )
    pk = str(Promise.objects.get().pk)
    moved = {"decision": "move", "pk": pk, "due": "2098-01-01T00:00"}
    assert _post(case, "promise-decide", moved).status_code == 200
    assert Promise.objects.get().due_at.year == 2098
    kept = _post(case, "promise-decide", {"decision": "keep", "pk": pk})
    assert "Call Rosa back kept" in _part(kept, "promises")
    gone = _post(case, "promise-decide", {"decision": "drop", "pk": pk})
    assert (gone.status_code, "settled already" in gone.content.decode()) == (403, True)


def test_another_cases_remedy_is_out_of_reach() -> None:
    case, other = factories.case(), factories.case(handle="omar")
    _done(other, "remedy", CREDIT)
    sent = {"decision": "cancel", "pk": str(Remedy.objects.get().pk)}
    assert _post(case, "remedy-decide", sent).status_code == 400
    assert Remedy.objects.get().status == "approved"


def test_readers_see_the_ledger_and_cannot_change_it() -> None:
    case = factories.case()
    _done(case, "fault", OURS)
    _done(case, "remedy", CREDIT)
    seen = signed_in(people.vic()).get(f"/cases/{case.ref}/", headers=HTMX).content.decode()
    assert "Credit, 20.50 EUR" in seen
    assert [form for form in ("remedy", "fault", "promise") if f"/{form}/" in seen] == []
    assert people.vic().role == Role.VIEWER


def test_administrator_sets_limits_and_sees_what_was_given_by_cause() -> None:
    """R41: totals by cause, budget by month."""
    case = factories.case()
    _done(case, "fault", OURS)
    _done(case, "remedy", CREDIT)
    sent = {"decision": "deliver", "pk": str(Remedy.objects.get().pk)}
    _done(case, "remedy-decide", sent)
    client = signed_in(people.ada())
    words = Page(client.get("/set-up/remedies/").content.decode()).words
    assert "Credit Ours 1 20.50 EUR" in words
    limits = {"responder": "10", "lead": "100", "administrator": "1000"}
    assert client.post("/set-up/remedies/", limits).status_code == 302
    assert "You may give up to 10;" in Page(case_part(case)).words
    refused = client.post("/set-up/remedies/", limits | {"lead": "-1"})
    assert (refused.status_code, "Write 0 or more." in refused.content.decode()) == (
        400,
        True,
    )


def test_months_begin_on_their_first() -> None:
    begun = {
        ((2026, 3, 9), 0): (2026, 3),
        ((2026, 3, 9), 1): (2026, 2),
        ((2026, 1, 1), 1): (2025, 12),
    }
    for (at, back), start in begun.items():
        assert month_of(datetime(*at, tzinfo=UTC), back=back) == datetime(*start, 1, tzinfo=UTC)


def test_what_is_owed_is_reached_from_the_follow_up() -> None:
    """R42: it is found without a case, and the navigation says where one is."""
    client = signed_in(people.mina())
    (tab,) = Page(client.get("/claims/").text).hooks("tab-owed")
    page = Page(client.get(str(tab["href"])).text)
    here = [page.hooks(one)[0].get("aria-current") for one in ("tab-owed", "nav-claims")]
    assert here == ["page", "page"]
