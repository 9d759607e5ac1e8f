"""Rules of condition and action: evaluated, checked, and printed as sentences (issue 5, item 10)."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from amends.casework.automation import (
    BANDS,
    STEPS,
    Act,
    Condition,
    Do,
    Fact,
    Facts,
    Rule,
    Trigger,
    applies,
    check_rule,
    data_of,
    rule_of,
    speaks,
    speaks_in_public,
)
from amends.casework.saying import Names, done, sentence, span_words
from amends.terms import BadInput

LABEL = Act(Do.LABEL, "de")
NAMES = Names(
    people={"7": "Mina Kaya"}, teams={"3": "Berlin"}, snippets={"5": "hello"}, brands={"1": "Halcyon"}
)  # fmt: skip


def rule(*conditions: Condition, trigger: Trigger = Trigger.OPENED, after: int = 0) -> Rule:
    return Rule(trigger, (LABEL,), conditions, after)


def one(fact: Fact, *values: str, but: bool = False) -> Condition:
    return Condition(fact, values, but)


def test_rule_prints_as_a_sentence() -> None:
    """The issue's words: "rules of condition and action that print as sentences"."""
    made = Rule(
        Trigger.OPENED,
        (LABEL, Act(Do.TEAM, "3"), Act(Do.TELL, "leads")),
        (
            one(Fact.SEVERITY, "accusation"),
            one(Fact.NETWORK, "mastodon"),
            one(Fact.LANGUAGE, "de"),
        ),
    )
    assert sentence(made, NAMES) == (
        "When a case opens on Mastodon in German and its severity is accusation or worse,"
        ' label it "de", hand it to team Berlin and tell the lead.'
    )


@pytest.mark.parametrize(
    ("condition", "says"),
    [
        (one(Fact.NETWORK, "x", "demo", but=True), "When a case opens not on X or Demo, "),
        (one(Fact.BRAND, "1"), "When a case opens about Halcyon, "),
        (one(Fact.VISIBILITY, "private"), "When a case opens in private, "),
        (one(Fact.WATCH, "competitor"), "and it matches a watch on a competitor, "),
        (one(Fact.SEVERITY, "blame", but=True), "and its severity is not blame, "),
        (one(Fact.PRIORITY, "3"), "and its priority is high or more, "),
        (one(Fact.STATE, "open", "new"), "and it is open or new, "),
        (one(Fact.LABEL, "vip", but=True), 'and it lacks the label "vip", '),
        (one(Fact.ROLE, "press"), "and its author is of the press, "),
        (one(Fact.FOLLOWERS, "to1k", "more"), "has under 1,000 or 100,000 or more followers, "),
        (one(Fact.WORDS, "money back"), 'and it says "money back", '),
        (one(Fact.WAITING, "90"), "and the customer has waited for 90 minutes or longer, "),
    ],
)
def test_every_condition_has_its_words(condition: Condition, says: str) -> None:
    assert says in sentence(rule(condition), NAMES)


@pytest.mark.parametrize(
    ("act", "says"),
    [
        (Act(Do.PERSON, "7"), "hand it to Mina Kaya"),
        (Act(Do.PERSON, "8"), "hand it to somebody who is gone"),
        (Act(Do.PRIORITY, "4"), "set its priority to urgent"),
        (Act(Do.SNOOZE, "1440"), "snooze it for 1 day"),
        (Act(Do.NOTE, "Call the\nhub"), 'note "Call the hub"'),
        (Act(Do.TELL, "owner"), "tell its owner"),
        (Act(Do.REPLY_IN_PUBLIC, "5"), 'reply in public with the snippet "hello"'),
        (Act(Do.REPLY_IN_PRIVATE, "6"), "reply in private with a snippet that is gone"),
    ],
)
def test_every_act_has_its_words(act: Act, says: str) -> None:
    assert done([act], NAMES) == says


HAVING = Facts(
    network="mastodon", language="de-AT", brand="1", private=True, watches=frozenset({"brand"}),
    severity="accusation", priority=3, state="open", labels=frozenset({"vip"}), role="press",
    followers=10_000, text="I want my\nMONEY BACK now", waited=timedelta(hours=2), clock="resolution",
)  # fmt: skip


@pytest.mark.parametrize(
    ("fact", "yes", "no"),
    [
        (Fact.NETWORK, "mastodon", "x"),
        (Fact.LANGUAGE, "de", "en"),
        (Fact.BRAND, "1", "2"),
        (Fact.VISIBILITY, "private", "public"),
        (Fact.WATCH, "brand", "topic"),
        (Fact.SEVERITY, "disapproval", "blame"),
        (Fact.PRIORITY, "3", "4"),
        (Fact.STATE, "open", "new"),
        (Fact.LABEL, "VIP", "de"),
        (Fact.ROLE, "press", "customer"),
        (Fact.FOLLOWERS, "to100k", "to10k"),
        (Fact.WORDS, "money back", "mone"),
        (Fact.WAITING, "120", "121"),
        (Fact.CLOCK, "resolution", "close_out"),
    ],
)
def test_every_fact_is_asked_about(fact: Fact, yes: str, no: str) -> None:
    held = [applies(rule(one(fact, value)), HAVING) for value in (yes, no)]
    turned = [applies(rule(one(fact, value, but=True)), HAVING) for value in (yes, no)]
    assert (held, turned) == ([True, False], [False, True])


def test_all_conditions_must_hold_and_none_is_enough() -> None:
    both = (one(Fact.NETWORK, "mastodon"), one(Fact.STATE, "new"))
    assert [applies(rule(*some), HAVING) for some in ((), both[:1], both)] == [True, True, False]


def test_words_of_scripts_without_spaces_are_found_inside() -> None:
    assert applies(rule(one(Fact.WORDS, "返金")), Facts(text="全額返金してください"))


@given(followers=st.integers(min_value=0))
def test_everybody_is_in_one_band_of_followers(followers: int) -> None:
    bands = [applies(rule(one(Fact.FOLLOWERS, band)), Facts(followers=followers)) for band in BANDS]
    assert bands.count(True) == 1


def test_unknown_followers_are_in_no_band() -> None:
    assert not applies(rule(one(Fact.FOLLOWERS, *BANDS)), Facts(followers=None))


@pytest.mark.parametrize(
    ("made", "says"),
    [
        (Rule(Trigger.OPENED, ()), "Choose what the rule does"),
        (Rule(Trigger.OPENED, (LABEL, LABEL)), "each of them once"),
        (rule(trigger=Trigger.WAITED), "Say how long a case has waited"),
        (rule(after=5), "Say how long a case has waited"),
        (rule(one(Fact.FOLLOWERS, "more")), "never decides alone"),
        (rule(one(Fact.NETWORK)), "names 1 to 50 of them"),
        (rule(one(Fact.STATE, "lost")), "There is no state lost"),
        (rule(one(Fact.PRIORITY, "1", "2")), "choose the least"),
        (rule(one(Fact.CLOCK, "resolution")), "only when a clock runs out"),
        (rule(one(Fact.WAITING, "0")), "a minute to 90 days"),
        (Rule(Trigger.OPENED, (Act(Do.PERSON, "me"),)), "Choose from the list"),
        (Rule(Trigger.OPENED, (Act(Do.PRIORITY, "9"),)), "low, normal, high or urgent"),
        (Rule(Trigger.OPENED, (Act(Do.SNOOZE, "x"),)), "a minute to 90 days"),
        (Rule(Trigger.OPENED, (Act(Do.PERSON, "1"), Act(Do.TEAM, "1"))), "one person or one team"),
        (
            Rule(Trigger.OPENED, (Act(Do.REPLY_IN_PUBLIC, "1"), Act(Do.REPLY_IN_PUBLIC, "2"))),
            "choose one of each",
        ),
    ],
)
def test_rule_that_cannot_be_followed_is_refused(made: Rule, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        check_rule(made)


_CONDITIONS = st.one_of(
    st.builds(one, st.just(Fact.SEVERITY), st.sampled_from(STEPS[1:])),
    st.builds(one, st.just(Fact.WORDS), st.text(min_size=1, max_size=20).filter(str.strip)),
    st.builds(one, st.just(Fact.NETWORK), st.sampled_from(["x", "demo"]), but=st.booleans()),
)


@given(conditions=st.lists(_CONDITIONS, max_size=4), text=st.text(max_size=50))
def test_rule_survives_being_stored_and_prints_whatever_it_holds(
    conditions: list[Condition], text: str
) -> None:
    made = rule(*conditions)
    assert rule_of(data_of(made)) == made
    assert sentence(made).startswith("When a case opens")
    assert applies(made, Facts(text=text)) in {True, False}


@pytest.mark.parametrize("data", [{}, {"trigger": "never", "acts": []}, {"trigger": 1}])
def test_what_is_no_rule_is_refused(data: dict[str, Any]) -> None:
    with pytest.raises(BadInput, match="That is no rule"):
        rule_of(data)


def test_rule_that_writes_to_customers_is_known_as_such() -> None:
    private, public = (
        Rule(Trigger.OPENED, (Act(do, "1"),)) for do in (Do.REPLY_IN_PRIVATE, Do.REPLY_IN_PUBLIC)
    )
    assert [(speaks(r), speaks_in_public(r)) for r in (rule(), private, public)] == [
        (False, False), (True, False), (True, True),
    ]  # fmt: skip


def test_lengths_of_time_are_said_in_the_largest_unit_that_loses_nothing() -> None:
    assert [span_words(n) for n in (1, 90, 60, 240, 2880)] == [
        "1 minute", "90 minutes", "1 hour", "4 hours", "2 days",
    ]  # fmt: skip
