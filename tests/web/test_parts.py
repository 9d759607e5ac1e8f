"""What a case has not is not asked for, and the page is the same as if it had been."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from amends.casework.macros import Do, Macro, Step
from amends.desk.actions import add_note, assign_case, merge_case, queue_reply
from amends.desk.actions.calls import plan_call
from amends.desk.actions.customers import merge_customers
from amends.desk.actions.handoffs import make_handoff
from amends.desk.actions.letters import begin_letter
from amends.desk.actions.macros import save_macro
from amends.desk.actions.snippets import save_snippet
from amends.desk.actions.speaking import publish_policy
from amends.desk.models import (
    Attachment,
    Authority,
    Budget,
    Case,
    Claim,
    Correction,
    Determination,
    DraftEndpoint,
    Handoff,
    Label,
    PictureRow,
    PostRow,
    Promise,
    RankEntry,
    RankWatch,
    Remedy,
    SearchAccess,
    SlaPolicyRow,
    SpeakingRules,
    SpecialCare,
    Survey,
    Team,
)
from amends.desk.queries import cases as case_queries
from amends.desk.queries.handoffs import NETWORK
from amends.desk.queries.there import ALL, Part, parts_of
from amends.web.casepage import case_facts
from tests import factories, people
from tests.factories import NOON
from tests.web.support import HTMX, fragment, signed_in

pytestmark = [pytest.mark.database]
LATER = NOON + timedelta(days=30)


def _laden() -> Case:
    """A case that has something of every part."""
    case, by, at = factories.case("Halcyon lost my bag", handle="dora"), people.ada(), NOON
    post = case.first_post
    who = {"case": case, "by": by, "at": at}
    add_note(case, text="Ask @Mina Kaya", by=by, now=at)
    queue_reply(case, text="So sorry", private=False, by=by, now=at, attempt="a")
    factories.heard("AB12", handle="dora", private=True, to_us=True, conversation=post.conversation)
    _amends(case, who)
    _judged(case, who)
    merge_case(factories.case(handle="joan"), into=case, by=by, now=at, two_customers=True)
    second = factories.case("Halcyon, and the pram?", handle="dora2")
    Promise.objects.create(**who | {"case": second}, words="Call", due_at=LATER)
    merge_customers(case.customer, second.customer, by=by, now=at)
    _set_up(case)
    case.refresh_from_db()
    return case


def _amends(case: Case, who: dict[str, object]) -> None:
    by, at = people.ada(), NOON
    plan_call(case, way="phone", starts_at=LATER, minutes=15, by=by, now=at)  # type: ignore[arg-type]
    Determination.objects.create(**who, fault="ours", facts="The tracer says so")
    Remedy.objects.create(**who, kind="note", what="A card", status="approved")
    Promise.objects.create(**who, words="Write again", due_at=LATER)
    begin_letter(case, by=by, now=at)
    made = make_handoff(case, by=by, now=at)
    theirs = PostRow.objects.get(private=True)  # as if it had been written on that page
    PostRow.objects.filter(pk=theirs.pk).update(network=NETWORK)
    Handoff.objects.filter(pk=made.pk).update(author=theirs.author, claimed_at=at)
    Survey.objects.create(
        case=case, customer=case.customer, by=by, asked_at=at, expires_at=LATER, score=4
    )


def _judged(case: Case, who: dict[str, object]) -> None:
    post, by, at = case.first_post, people.ada(), NOON
    said = {"what": "complaint", "said": "none", "was": "complaint", "complaint": 0.9, "model": "m"}
    Correction.objects.create(post=post, by=by, at=at, **said)
    SpecialCare.objects.create(post=post, words=["grief"])
    Claim.objects.create(**who, post=post, words="They stole it")
    kept = PictureRow.objects.create(
        digest="1" * 64, kind="image/png", size=1, width=1, height=1, at=at
    )
    Attachment.objects.create(**who, picture=kept, mode="public", alt="A bag")
    case.labels.add(Label.objects.create(name="late"))
    RankEntry.objects.create(**who, query="halcyon", address="https://a.example/", place=3)
    RankWatch.objects.create(**who, query="halcyon", address="https://b.example/", due_at=LATER)


def _set_up(case: Case) -> None:
    by, at = people.ada(), NOON
    Budget.objects.create(brand=case.brand, currency="EUR", amount=9)
    save_macro(None, name="Late", key="", macro=Macro((Step(Do.LABEL, "late"),)), by=by, now=at)
    save_snippet(None, key="hi", name="Hi", texts={"en": "Hi"}, by=by, now=at)
    Authority.objects.create(role="administrator", most=77)
    SearchAccess.objects.create(enabled=True)
    DraftEndpoint.objects.create(
        enabled=True, address="http://localhost:9", model="m", by=by, at=at, language="en"
    )
    SpeakingRules.objects.create(by=by, at=at, trained_from=at, modules=["listen-first"])
    publish_policy(text="Be kind.", asked_from=at, by=by, now=at)
    SlaPolicyRow.objects.create(name="Gold", times={"answer": 30})
    Team.objects.create(name="Bags")


def _page(case: Case) -> str:
    page = fragment(signed_in(people.ada()), f"/cases/{case.ref}/")
    return re.sub(r'(FToken": |value=)"\w{64}"', "", page)


def test_case_of_which_all_is_known_has_every_part() -> None:
    assert parts_of(_laden()) == set(Part)
    assert parts_of(factories.case("Halcyon is late", handle="new")) & OF_A_CASE == set()


OF_A_CASE = set(Part) - {
    Part.BUDGETS, Part.MACROS, Part.SNIPPETS, Part.AUTHORITIES, Part.SEARCH, Part.DRAFT_ENDPOINT,
    Part.SPEAKING_RULES, Part.POLICIES, Part.SLA, Part.TEAMS,
}  # fmt: skip


@pytest.mark.alike
@pytest.mark.parametrize("laden", [True, False])
def test_page_is_the_same_as_if_every_part_were_asked_for(
    monkeypatch: pytest.MonkeyPatch, laden: bool
) -> None:
    case = _laden() if laden else factories.case()
    knowing = _page(case)
    monkeypatch.setattr(case_queries, "parts_of", lambda _: ALL)
    assert _page(case) == knowing


@pytest.mark.alike
def test_each_part_is_seen_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else nothing would be seen of a part that is not asked for by mistake."""
    case, ada, same = _laden(), people.ada(), set()
    whole = repr(case_facts(case, ada))
    for part in Part:
        monkeypatch.setattr(case_queries, "parts_of", lambda _, but=part: set(Part) - {but})
        same |= {part} if repr(case_facts(case, ada)) == whole else set()
    assert same == set()


@pytest.mark.alike
def test_pages_ask_the_database_seldom() -> None:
    """Each asking costs a way to the server, and most of a page's time."""
    case = assign_case(factories.case(), to=people.mina(), by=people.priya(), now=NOON)
    add_note(case, text="@Mina Kaya, see the tracer", by=people.omar(), now=timezone.now())
    queue_reply(case, text="I am sorry", private=False, by=people.omar(), now=NOON, attempt="a")
    client, most = signed_in(people.mina()), {}
    for url, headers in (
        (f"/cases/{case.ref}/", {}), (f"/cases/{case.ref}/", HTMX),
        (f"/cases/{case.ref}/trail/", HTMX), ("/inbox/", {}), ("/inbox/", HTMX),
    ):  # fmt: skip
        client.get(url, headers=headers)
        with CaptureQueriesContext(connection) as asked:
            client.get(url, headers=headers)
        most[url, bool(headers)] = len(asked)
    assert list(most.values()) == [29, 22, 22, 11, 5]
