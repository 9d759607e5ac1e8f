"""The pages of the team: load, teams, skills, seats; handing over, and abuse folded away."""

from datetime import UTC, datetime

import pytest

from amends.desk.actions import take_up
from amends.desk.actions.routing import route_cases
from amends.desk.models import Case, RoutingRules, SeatRow, Skill, Team
from tests import factories, people
from tests.factories import NOON
from tests.support.trying import Tried
from tests.web.support import HTMX, Page, case_part, signed_in

pytestmark = pytest.mark.database

ABUSE = "Halcyon lost my bag, you fucking idiots"


@pytest.mark.alike
def test_lead_makes_a_team_with_skills_and_seats_from_the_pages() -> None:
    mina, omar = people.mina(), people.omar()
    client = signed_in(people.priya())
    client.post("/team/skills/new/", {"name": "billing", "words": "refund, charged twice"})
    skill = Skill.objects.get()
    client.post(
        "/team/teams/new/",
        {
            "name": "Care", "people": [mina.pk, omar.pk], "languages": "German, fr", "least": "3",
            "skills": [skill.pk], "place": "1", "by_rota": "on",
        },
    )  # fmt: skip
    seat = {"capacity": "4", "languages": "de", "skills": [skill.pk]}
    client.post(f"/team/people/{mina.pk}/", seat)
    team, row = Team.objects.get(), SeatRow.objects.get()
    made = (team.languages, team.least, team.by_rota, team.hands_on, skill.words)
    assert made == (["de", "fr"], 3, True, False, ["refund", "charged twice"])
    assert sorted(team.members.values_list("person", flat=True)) == sorted([mina.pk, omar.pk])
    assert (row.capacity, row.languages, list(row.skills.all())) == (4, ["de"], [skill])
    page = Page(client.get("/team/teams/").content.decode())
    said = "Takes cases in German, French, that need billing, of high severity and up; by the rota"
    assert said in page.words
    assert "Needed by a case that says “refund”, “charged twice”" in page.words


@pytest.mark.alike
def test_what_cannot_be_read_is_refused_and_keeps_what_was_typed() -> None:
    tried = Tried()
    Skill.objects.create(name="taken")
    client = signed_in(people.priya())
    cases: list[tuple[str, dict[str, str], str]] = [
        ("/team/teams/new/", {"name": "x", "languages": "Klingonian", "place": "0"}, "no language"),
        ("/team/skills/new/", {"name": "Taken"}, "another skill called Taken"),
        ("/team/", {"after": "5", "hours": "0", "from_all": "1"}, "Write 1 or more."),
    ]
    for url, typed, said in cases:
        with tried((url, typed, said)):
            answer = client.post(url, typed)
            page = answer.content.decode()
            assert (answer.status_code, said in page) == (400, True)
            assert all(
                f'value="{value}"' in page for value in typed.values() if not value.isdecimal()
            )
    assert tried.wrong == []


def test_leads_see_what_everybody_carries_and_say_when_they_rest() -> None:
    """R47: load per responder."""
    client = signed_in(people.priya())
    client.post("/team/", {"after": "1", "hours": "48", "from_all": "0"})
    rules = RoutingRules.objects.get()
    assert (rules.rest_after, rules.rest_hours, rules.rest_from_all) == (1, 48, False)
    row = factories.case(ABUSE, at=datetime.now(UTC))
    take_up(row, by=people.mina(), now=datetime.now(UTC))
    Team.objects.create(name="Care")
    page = Page(client.get("/team/").content.decode())
    assert len(page.hooks("load")) == 2
    assert "Mina Kaya rests from abuse 1 of 10 0 1" in page.words


@pytest.mark.alike
def test_responder_takes_a_break_and_comes_back_from_the_account() -> None:
    """R47."""
    client = signed_in(people.mina())
    client.post("/team/break/", {"hours": "4"})
    assert "You are given no new case till" in client.get("/account/").content.decode()
    lead = signed_in(people.priya()).get("/team/").content.decode()
    assert "Mina Kaya on a break" in Page(lead).words
    client.post("/team/break/", {"hours": "0"})
    assert Page(client.get("/account/").content.decode()).hooks("break-end") == []
    assert client.post("/team/break/", {"hours": "soon"}).status_code == 400


@pytest.mark.alike
def test_case_goes_over_by_one_form_with_a_word_or_back_to_the_team() -> None:
    """R47: one-key hand-over; the history says to whom, and routing says why."""
    team = Team.objects.create(name="Care")
    team.members.create(person=people.omar())
    team.members.create(person=people.mina())
    row = take_up(factories.case(), by=people.mina(), now=NOON)
    client = signed_in(people.mina())
    menu = [a for t, a in Page(case_part(row)).tags if t == "details" and a.get("data-key") == "o"]
    assert len(menu) == 1
    sent = {"to": f"team-{team.pk}", "note": "Too much today.", "seen_owner": people.mina().pk}
    client.post(f"/cases/{row.ref}/hand-over/", sent)
    words = Page(case_part(row)).words
    assert "Too much today." in words
    assert "Mina Kaya gave the case back to Care" in words
    assert (
        "Omar Haddad of Care was given the case, whose turn it is, with nothing in hand; "
        "Mina Kaya gave it back"
    ) in words


@pytest.mark.alike
def test_case_that_was_given_to_somebody_is_new_until_they_begin() -> None:
    """Whoever has it, nobody has begun; the page says to whom it went, and offers to take it up."""
    row, omar = factories.case(), people.omar()
    sent = {"to": f"person-{omar.pk}", "seen_owner": "0"}
    signed_in(people.priya()).post(f"/cases/{row.ref}/hand-over/", sent)
    words = Page(case_part(row)).words
    assert "New High Omar Haddad" in words
    assert "Priya Nair handed the case over to Omar Haddad" in words
    assert "Take up" in words
    signed_in(omar).post(f"/cases/{row.ref}/take-up/")
    row.refresh_from_db()
    assert (row.state, row.owner) == ("open", omar)


@pytest.mark.alike
def test_who_works_alone_is_told_that_there_is_nobody_to_hand_a_case_to() -> None:
    """R47. Whoever may invite somebody is shown the way."""
    row = take_up(factories.case(), by=people.ada(), now=NOON)
    alone = Page(signed_in(people.ada()).get(f"/cases/{row.ref}/").content.decode())
    assert (len(alone.hooks("nobody-else")), alone.hooks("hand-over")) == (1, [])
    assert "Nobody else may have cases here. Invite a colleague ." in alone.words
    people.omar()
    both = Page(signed_in(people.ada()).get(f"/cases/{row.ref}/").content.decode())
    assert (both.hooks("nobody-else"), len(both.hooks("hand-over"))) == ([], 1)


@pytest.mark.alike
def test_hand_over_of_a_case_that_somebody_gave_on_is_refused_and_keeps_the_note() -> None:
    """Two at once: the second is told, and nothing is overwritten."""
    row = take_up(factories.case(), by=people.mina(), now=NOON)
    sent = {"to": f"person-{people.omar().pk}", "note": "For you", "seen_owner": "0"}
    answer = signed_in(people.mina()).post(f"/cases/{row.ref}/hand-over/", sent, headers=HTMX)
    row.refresh_from_db()
    page = answer.content.decode()
    assert (answer.status_code, row.owner) == (409, people.mina())
    assert ("Mina Kaya has it now" in page, ">For you</textarea>" in page) == (True, True)


def test_abusive_words_are_folded_away_in_the_inbox_and_on_the_case() -> None:
    """R47; an angry post is shown as it is."""
    row = factories.case(ABUSE, handle="rosa")
    factories.case("Halcyon, I am furious", handle="ben")
    inbox = Page(signed_in(people.mina()).get("/inbox/").content.decode())
    assert len(inbox.hooks("folded")) == 1
    assert "Abusive words, folded away" in inbox.words
    page = case_part(row)
    assert len(Page(page).hooks("abuse")) == 1
    assert page.index('<details class="abuse"') < page.index("fucking idiots")


@pytest.mark.alike
def test_palette_offers_to_hand_the_open_case_over_to_those_who_may() -> None:
    row = factories.case()
    there = {"HX-Current-URL": f"http://desk.example/cases/{row.ref}/?tab=all", **HTMX}
    offered = [
        f'href="/cases/{row.ref}/#hand-over"'
        in signed_in(who).get("/palette/?q=hand", headers=headers).content.decode()
        for who, headers in ((people.mina(), there), (people.mina(), HTMX), (people.noor(), there))
    ]
    assert offered == [True, False, False]


@pytest.mark.alike
def test_cases_of_a_team_are_shown_by_the_filter() -> None:
    mine, _ = factories.case(handle="rosa"), factories.case(handle="ben")
    team = Team.objects.create(name="Care")
    Case.objects.filter(pk=mine.pk).update(team=team)
    client = signed_in(people.mina())
    page = Page(client.get(f"/inbox/?team={team.pk}").content.decode())
    assert [row["data-ref"] for row in page.hooks("case-row")] == [mine.ref]
    assert "Care" in Page(case_part(mine)).words
    odd = Page(client.get("/inbox/?team=1%27--").content.decode())
    assert len(odd.hooks("case-row")) == 2


@pytest.mark.alike
def test_removed_team_leaves_its_cases_to_another() -> None:
    client = signed_in(people.ada())
    for name, person in (("One", people.mina()), ("Two", people.omar())):
        client.post("/team/teams/new/", {"name": name, "people": [person.pk], "place": "0"})
    client.post(f"/team/teams/{Team.objects.get(name='One').pk}/remove/")
    row = factories.case()
    route_cases(now=NOON.replace(hour=13))
    row.refresh_from_db()
    assert (row.owner, row.team) == (people.omar(), Team.objects.get(name="Two"))
