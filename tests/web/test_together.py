"""Pages for two at a case: presence, heads-ups, one person's profiles, cases merged and split."""

import re
import sqlite3
from contextlib import closing

import pytest
from django.db import connection
from django.utils import timezone

from amends.desk.actions import add_note, merge_case
from amends.desk.actions.promises import make_promise
from amends.desk.actions.together import be_at
from amends.desk.models import Case, CustomerMerge, Draft, Presence
from amends.desk.queries.customers import profile_meant
from amends.terms import BadInput
from tests import factories, people
from tests.factories import NOON
from tests.web.support import HTMX, Page, fragment, signed_in, write

pytestmark = pytest.mark.database


def case_page(row: Case, person: str = "mina") -> str:
    """The case alone, without the list beside it."""
    return fragment(signed_in(getattr(people, person)()), f"/cases/{row.ref}/")


def _twice() -> tuple[Case, Case]:
    """A person's cases on two networks."""
    first = factories.case("Halcyon lost my bag", handle="rosa")
    return first, factories.case("Halcyon broke my pram", handle="rosa_m", network="bluesky")


@pytest.mark.alike  # elsewhere a writer keeps nobody waiting
@pytest.mark.django_db(transaction=True)
def test_case_page_does_not_wait_for_what_is_being_stored() -> None:
    row, mina = factories.case(), signed_in(people.mina())
    path = connection.settings_dict["NAME"]
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert mina.get(f"/cases/{row.ref}/").status_code == 200
        assert not Presence.objects.exists()
        other.execute("ROLLBACK")
    mina.get(f"/cases/{row.ref}/")
    assert [one.person for one in Presence.objects.all()] == [people.mina()]


def test_second_responder_sees_who_is_there_and_who_writes() -> None:
    row = factories.case()
    mina, omar = signed_in(people.mina()), signed_in(people.omar())
    mina.get(f"/cases/{row.ref}/")
    assert "Mina Kaya has this case open." in Page(case_page(row, "omar")).words
    mina.post(f"/cases/{row.ref}/draft/", {"mode": "public", "text": "I am"})
    answer = omar.post(f"/cases/{row.ref}/presence/", {"seen": f"{people.mina().pk}"}, headers=HTMX)
    assert "Mina Kaya is writing a public reply." in Page(answer.content.decode()).words
    seen = f"{people.mina().pk}public"
    same = omar.post(f"/cases/{row.ref}/presence/", {"seen": seen}, headers=HTMX)
    assert same.status_code == 204
    write(mina, row, "public", "I am sorry about your bag.")
    again = omar.post(f"/cases/{row.ref}/presence/", {"seen": seen}, headers=HTMX)
    assert "Mina Kaya has this case open." in Page(again.content.decode()).words


def test_inbox_says_who_is_at_a_case() -> None:
    row = factories.case()
    be_at(row, by=people.omar(), now=timezone.now(), writing="note")
    page = Page(signed_in(people.mina()).get("/inbox/").content.decode())
    assert len(page.hooks("row-presence")) == 1
    assert "Omar Haddad writes" in page.words


def test_heads_up_stands_on_its_page_and_is_seen_by_opening_the_case() -> None:
    row = factories.case(handle="rosa")
    omar = people.omar()
    write(signed_in(people.mina()), row, "note", "Look at the bag.", heads_up=str(omar.pk))
    client = signed_in(omar)
    page = Page(client.get("/heads-ups/").content.decode())
    assert len(page.hooks("unseen")) == 1
    assert "Look at the bag." in page.words
    client.get(f"/cases/{row.ref}/")
    assert client.get("/heads-ups/count/").content.decode().count("data-test") == 0
    assert "heads-up to Omar Haddad, seen" in Page(case_page(row)).words


@pytest.mark.alike
def test_all_heads_ups_can_be_seen_at_once() -> None:
    people.omar()
    add_note(factories.case(), text="@Omar", by=people.mina(), now=NOON)
    client = signed_in(people.omar())
    client.post("/heads-ups/seen/")
    assert Page(client.get("/heads-ups/").content.decode()).hooks("unseen") == []


def test_profiles_are_merged_and_parted_on_the_case() -> None:
    """Customers: merged across networks with undo, earlier cases and promises at hand."""
    first, second = _twice()
    make_promise(
        second, words="a new pram", due_at=NOON.replace(year=2099), by=people.mina(), now=NOON
    )
    client = signed_in(people.mina())
    client.post(f"/cases/{first.ref}/same-person/", {"who": "@rosa_m bluesky"})
    page = Page(case_page(first))
    assert "@rosa_m" in page.words
    assert f"open {second.ref}".split()[1] in page.words
    assert len(page.hooks("earlier-promises")) == 1
    assert "a new pram" in page.words
    assert "Mina Kaya found that two customers are one, and merged them" in page.words
    merge = CustomerMerge.objects.get()
    client.post(f"/cases/{first.ref}/other-person/", {"merge": merge.pk})
    assert "@rosa_m" not in Page(case_page(first)).text.split("Heads-up")[0].split("Customer")[-1]
    second.refresh_from_db()
    assert second.customer_id == merge.gone_id


@pytest.mark.alike
def test_who_is_meant_is_asked_for_until_only_one_can_be() -> None:
    first, _ = _twice()
    for network in ("demo", "bluesky"):
        factories.case("Halcyon!", handle="twin", network=network)
    said = []
    for who in ("", "@nobody_here", "@twin"):
        with pytest.raises(BadInput) as refused:
            profile_meant(people.mina(), who)
        said.append(str(refused.value)[:34])
    assert said == [
        "Write a case, such as K7M2Q4X, or ",
        "No profile is called @nobody_here.",
        "Several are called @twin (bluesky,",
    ]
    answer = signed_in(people.mina()).post(
        f"/cases/{first.ref}/same-person/", {"who": "rosa"}, headers=HTMX
    )
    assert (answer.status_code, "belongs to this customer" in answer.content.decode()) == (
        400,
        True,
    )


def test_merged_case_is_read_where_it_goes_on_and_given_back_from_there() -> None:
    first, second = _twice()
    client = signed_in(people.mina())
    told = {"ref": second.ref, "two_customers": second.ref}
    client.post(f"/cases/{first.ref}/bring-in/", told)
    page = Page(case_page(first))
    assert f"from {second.ref}" in page.words
    assert "Halcyon broke my pram" in page.words
    assert len(page.hooks("give-back")) == 1
    client.post(f"/cases/{first.ref}/give-back/", {"ref": second.ref})
    second.refresh_from_db()
    assert (second.state, second.merged_into) == ("open", None)
    assert client.post(f"/cases/{first.ref}/give-back/", {"ref": second.ref}).status_code == 400


@pytest.mark.alike
@pytest.mark.parametrize(("verb", "field"), [("merge", "into"), ("bring-in", "ref")])
def test_cases_of_two_customers_merge_once_the_page_has_asked(verb: str, field: str) -> None:
    first, second = _twice()
    client, sent = signed_in(people.mina()), {field: second.ref}
    for ticked in (
        {},
        {"two_customers": "T0"},
    ):  # what was ticked of another case counts for nothing
        asked = client.post(f"/cases/{first.ref}/{verb}/", sent | ticked)
        page = Page(asked.content.decode())
        said = f"This case is of @rosa (Demo), {second.ref} of @rosa_m (Bluesky)."
        assert (asked.status_code, said in page.words) == (400, True)
    assert page.words.count(said) == 2  # above the case, and where it is answered
    [box] = page.hooks("two-customers")
    client.post(f"/cases/{first.ref}/{verb}/", sent | {"two_customers": box["value"]})
    assert set(Case.objects.values_list("state", flat=True)) == {"new", "merged"}


def test_private_case_merged_into_a_public_one_stays_out_of_sight_there() -> None:
    public = factories.case("Halcyon lost my bag", handle="ben")
    secret = factories.case("My card is 1234", handle="rosa", private=True, to_us=True)
    merge_case(secret, into=public, by=people.mina(), now=NOON, two_customers=True)
    assert "My card is 1234" not in case_page(public, "sol")


def test_posts_are_split_off_and_brought_back_from_the_pages() -> None:
    row = factories.case("Halcyon lost my bag", handle="rosa", at=NOON)
    root = row.first_post.native_id
    later = factories.heard(
        "And my pram", handle="rosa", conversation=root, in_reply_to=root,
        at=NOON.replace(hour=13),
    )  # fmt: skip
    client = signed_in(people.mina())
    client.post(f"/cases/{row.ref}/split/", {"post": [later.pk]})
    made = Case.objects.get(split_from=row)
    assert f"split off from {row.ref}" in Page(case_page(made)).words
    assert f"Mina Kaya split off a post into {made.ref}" in Page(case_page(row)).words
    client.post(f"/cases/{made.ref}/split-undo/")
    page = Page(case_page(row))
    assert f"Mina Kaya brought back what was split off into {made.ref}" in page.words
    assert row.places.count() == 2


@pytest.mark.alike
def test_merged_case_offers_only_the_way_to_where_it_goes_on_and_back() -> None:
    first, second = factories.case(handle="rosa"), factories.case(handle="ben")
    merge_case(first, into=second, by=people.mina(), now=NOON, two_customers=True)
    client = signed_in(people.mina())
    source = client.get(f"/cases/{first.ref}/").content.decode()
    steps = re.findall(rf'action="/cases/{first.ref}/([\w-]+)/', source)
    assert steps == ["reopen"]
    assert f'href="/cases/{second.ref}/" data-test="goes-on"' in source
    assert "Undo the merge" in Page(source).words
    refused = client.post(f"/cases/{first.ref}/write/", {"mode": "note", "text_note": "It is AB12"})
    said = (
        f"This case was merged and goes on in {second.ref}. Do it there, or undo the merge first."
    )
    assert (refused.status_code, said in Page(refused.content.decode()).words) == (403, True)
    assert Draft.objects.get().text == "It is AB12"


@pytest.mark.alike
def test_law_still_reaches_a_merged_case() -> None:
    first, second = factories.case(handle="rosa"), factories.case(handle="ben")
    merge_case(first, into=second, by=people.mina(), now=NOON, two_customers=True)
    source = signed_in(people.ada()).get(f"/cases/{first.ref}/").content.decode()
    steps = re.findall(rf'action="/cases/{first.ref}/([\w-]+)/', source)
    assert sorted(steps) == ["hold", "legal", "reopen"]
