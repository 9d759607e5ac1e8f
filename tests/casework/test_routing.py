"""Who is given a case: never somebody who cannot, in turn among those who can, said in a sentence."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.casework import Priority
from amends.casework.rota import Duty
from amends.casework.routing import (
    Barrier,
    Rest,
    Seat,
    SkillRule,
    TeamRule,
    Traits,
    choose,
    explain,
    facts_of,
    says,
    team_for,
)

LANGUAGES, SKILLS = ("de", "en", "fr"), ("billing", "safety")
sets = st.sets(st.sampled_from(LANGUAGES)).map(frozenset)
skill_sets = st.sets(st.sampled_from(SKILLS)).map(frozenset)
seats = st.builds(
    Seat,
    person=st.integers(1, 9),
    allowed=st.booleans(),
    duty=st.sampled_from([None, *Duty]),
    on_break=st.booleans(),
    languages=sets,
    skills=skill_sets,
    capacity=st.integers(0, 4),
    in_hand=st.integers(0, 4),
    turn=st.integers(0, 9),
    abuse=st.integers(0, 4),
)
rosters = st.lists(seats, max_size=8, unique_by=lambda one: one.person)
cases = st.builds(
    Traits,
    network=st.just("demo"),
    language=st.sampled_from(["", *LANGUAGES]),
    priority=st.sampled_from([int(one) for one in Priority]),
    abusive=st.booleans(),
)
rests = st.builds(Rest, after=st.integers(0, 3), from_all=st.booleans())


def _can(seat: Seat, case: Traits, skills: frozenset[str], rest: Rest) -> bool:
    """As the requirement reads, written down another way than the code."""
    weary = rest.after and seat.abuse >= rest.after and (rest.from_all or case.abusive)
    spoken = seat.languages | ({case.language} if not seat.languages else set()) | {""}
    there = seat.duty == "desk" or (seat.duty == "on call" and case.priority == Priority.URGENT)
    room = seat.capacity - seat.in_hand > 0
    knows = all(one in seat.skills for one in skills)
    return (
        seat.allowed
        and not seat.on_break
        and there
        and room
        and knows
        and case.language in spoken
        and not weary
    )


@given(cases, skill_sets, rosters, rests, st.sets(st.integers(1, 9)).map(frozenset))
def test_only_somebody_who_can_is_given_a_case_and_the_longest_without_one(
    case: Traits, skills: frozenset[str], roster: list[Seat], rest: Rest, back: frozenset[int]
) -> None:
    """Never over capacity, without the language or a skill, off duty, not allowed, or weary (R47)."""
    able = [s for s in roster if _can(s, case, skills, rest) and s.person not in back]
    at_desk = [seat for seat in able if seat.duty == "desk"] or able
    first = min(at_desk, key=lambda seat: (seat.turn, seat.person), default=None)
    made = choose(case, skills, roster, rest=rest, not_to=back)
    assert made.seat == first
    passed = Counter(person for who in made.passed.values() for person in who)
    left_out = {s.person for s in roster if s not in at_desk}
    assert passed == Counter(left_out)


@given(rosters, st.lists(st.integers(0, 31), min_size=1, max_size=40))
def test_round_robin_is_fair_within_one(roster: list[Seat], aways: list[int]) -> None:
    """Whoever can all the time is given as many as anybody else who can, give or take one."""
    always = {seat.person for seat in roster if seat.person % 2}
    able = [
        replace(s, allowed=True, on_break=False, duty=Duty.DESK, languages=frozenset(), turn=0)
        for s in roster
    ]
    got: Counter[int] = Counter(dict.fromkeys(always, 0))
    for turn, chosen in enumerate(aways, 1):
        away = {2 * place for place in range(5) if chosen >> place & 1}
        now = [replace(s, capacity=1, in_hand=int(s.person in away)) for s in able]
        seat = choose(Traits(network="demo"), frozenset(), now, rest=Rest()).seat
        if seat is not None:
            got[seat.person] += 1
            able = [replace(s, turn=turn) if s.person == seat.person else s for s in able]
    shares = [got[person] for person in always]
    assert not shares or max(shares) - min(shares) <= 1


def test_on_call_takes_what_is_urgent_while_nobody_is_at_the_desk() -> None:
    """R36."""
    called, there = Seat(person=1, duty=Duty.ON_CALL), Seat(person=2, turn=9)
    urgent = Traits(network="demo", priority=Priority.URGENT)
    normal = Traits(network="demo")
    taken = [
        choose(case, frozenset(), roster, rest=Rest()).seat
        for case, roster in ((urgent, [called]), (normal, [called]), (urgent, [called, there]))
    ]
    assert taken == [called, None, there]


def test_case_needs_the_skills_whose_words_labels_or_topics_it_has() -> None:
    rules = (
        SkillRule(name="billing", words=("double charge",), topics=frozenset({"refund"})),
        SkillRule(name="press", labels=frozenset({"press"})),
        SkillRule(name="nothing"),
    )
    case = Traits(network="demo", text="A DOUBLE charge!", labels=frozenset({"press"}))
    assert [rule.name for rule in rules if rule.needed(case)] == ["billing", "press"]


@pytest.mark.parametrize(
    ("text", "word", "found"),
    [("My refund?", "refund", True), ("refunded", "refund", False), ("a", " ", False)],
)
def test_word_is_found_between_borders_only(text: str, word: str, found: bool) -> None:
    assert says(text, word) is found


def test_first_team_that_takes_a_case_has_it() -> None:
    rules = [
        TeamRule(team=1, networks=frozenset({"x"})),
        TeamRule(team=2, languages=frozenset({"de"}), least=Priority.HIGH),
        TeamRule(team=3, skills=frozenset({"billing"})),
        TeamRule(team=4),
    ]
    asked = [
        (Traits(network="x"), frozenset[str]()),
        (Traits(network="demo", language="de", priority=Priority.URGENT), frozenset[str]()),
        (Traits(network="demo", language="de"), frozenset({"billing"})),
        (Traits(network="demo", language="de"), frozenset[str]()),
    ]
    assert [team_for(case, skills, rules) for case, skills in asked] == [1, 2, 3, 4]
    assert team_for(asked[3][0], frozenset(), rules[:3]) is None


def test_decision_is_explained_in_one_sentence() -> None:
    case = Traits(network="demo", language="de")
    roster = [
        Seat(person=1, in_hand=3, capacity=8, skills=frozenset({"billing"})),
        Seat(person=2, duty=None, skills=frozenset({"billing"})),
        Seat(person=3, in_hand=10, skills=frozenset({"billing"})),
        Seat(person=4, in_hand=10, skills=frozenset({"billing"})),
    ]
    skills, people = frozenset({"billing"}), {1: "Mina", 2: "Omar", 3: "Priya", 4: "Ada"}
    made = choose(case, skills, roster, rest=Rest())
    facts = facts_of(made, case, skills, "Care")
    assert explain(facts, people, {"de": "German"}) == (
        "Mina of Care was given the case, whose turn it is, with 3 of 8 in hand, for its German, "
        "for billing; Omar is off duty, Priya and Ada have as much as they can"
    )
    nobody = choose(case, skills, roster[1:2], rest=Rest())
    assert nobody.passed == {Barrier.OFF_DUTY: [2]}
    assert explain(facts_of(nobody, case, skills, "Care"), people) == (
        "Nobody of Care can be given the case now: Omar is off duty. It goes to the first who can"
    )
