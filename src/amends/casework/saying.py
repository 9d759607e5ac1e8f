"""Rules as sentences: the same data that is stored and evaluated, as a person would say it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from amends.casework.automation import (
    BANDS,
    LEADS,
    OWNER,
    Act,
    Condition,
    Do,
    Fact,
    Rule,
    Trigger,
)
from amends.casework.states import Priority
from amends.terms import network_name

LANGUAGES: Final[dict[str, str]] = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech",
    "da": "Danish", "de": "German", "el": "Greek", "en": "English", "es": "Spanish",
    "et": "Estonian", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew",
    "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian", "id": "Indonesian", "it": "Italian",
    "ja": "Japanese", "ko": "Korean", "lt": "Lithuanian", "lv": "Latvian", "nl": "Dutch",
    "no": "Norwegian", "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian",
    "sk": "Slovak", "sl": "Slovenian", "sv": "Swedish", "th": "Thai", "tr": "Turkish",
    "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese", "zh": "Chinese",
}  # fmt: skip
_WATCHES: Final = {
    "brand": "a brand",
    "product": "a product",
    "person": "a person",
    "competitor": "a competitor",
    "topic": "a topic",
}
_ROLES: Final = {
    "customer": "a customer",
    "competitor": "a competitor",
    "employee": "an employee",
    "press": "of the press",
    "industry": "of the industry",
}
_CLOCKS: Final = {
    "acknowledgement": "the acknowledgement",
    "first_reply": "the first answer",
    "next_reply": "the next answer",
    "resolution": "the solution",
    "close_out": "the close-out",
}
_PHRASES: Final = (Fact.NETWORK, Fact.LANGUAGE, Fact.BRAND, Fact.VISIBILITY)
_UNITS: Final = ((24 * 60, "day"), (60, "hour"), (1, "minute"))


@dataclass(frozen=True, slots=True)
class Names:
    """What the keys in a rule are called; of what was removed, nothing is known."""

    people: Mapping[str, str] = field(default_factory=dict)
    teams: Mapping[str, str] = field(default_factory=dict)
    snippets: Mapping[str, str] = field(default_factory=dict)
    brands: Mapping[str, str] = field(default_factory=dict)


NOBODY: Final = Names()


def sentence(rule: Rule, names: Names = NOBODY) -> str:
    """The whole rule, such as: When a case opens on Mastodon in German and its severity is
    accusation or worse, label it "de", hand it to Mina Kaya and tell the lead."""
    when = " ".join(["When", _happens(rule), *_phrases(rule, names)])
    clauses = [_clause(one) for one in rule.conditions if one.fact not in _PHRASES]
    if clauses:
        when = f"{when} and {joined(clauses)}"
    return f"{when}, {joined([said(act, names) for act in rule.acts])}."


def done(acts: Sequence[Act], names: Names = NOBODY) -> str:
    """What is done, without the when."""
    return joined([said(act, names) for act in acts])


def joined(parts: Sequence[str], last: str = "and") -> str:
    """One, two and three."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} {last} {parts[-1]}"


def said(act: Act, names: Names = NOBODY) -> str:
    """One act: ``label it "de"``."""
    value = act.value
    match act.do:
        case Do.LABEL:
            return f'label it "{value}"'
        case Do.PERSON:
            return f"hand it to {names.people.get(value, 'somebody who is gone')}"
        case Do.TEAM:
            return f"hand it to team {names.teams.get(value, 'that is gone')}"
        case Do.PRIORITY:
            return f"set its priority to {Priority(int(value)).name.lower()}"
        case Do.SNOOZE:
            return f"snooze it for {span_words(int(value))}"
        case Do.NOTE:
            return f'note "{shortened(value)}"'
        case Do.TELL:
            told = {LEADS: "the lead", OWNER: "its owner"}
            return f"tell {told.get(value) or names.people.get(value, 'somebody who is gone')}"
        case Do.REPLY_IN_PRIVATE:
            return f"reply in private with {_snippet(value, names)}"
        case Do.REPLY_IN_PUBLIC:
            return f"reply in public with {_snippet(value, names)}"


def _snippet(value: str, names: Names) -> str:
    key = names.snippets.get(value)
    return f'the snippet "{key}"' if key else "a snippet that is gone"


def shortened(text: str, most: int = 60) -> str:
    text = " ".join(text.split())
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def span_words(minutes: int) -> str:
    """4 hours, 90 minutes, 2 days: in the largest unit that loses nothing."""
    size, unit = next((size, unit) for size, unit in _UNITS if minutes % size == 0)
    number = minutes // size
    return f"{number} {unit}{'' if number == 1 else 's'}"


def minutes_of(span: timedelta) -> int:
    return span // timedelta(minutes=1)


def _happens(rule: Rule) -> str:
    return {
        Trigger.OPENED: "a case opens",
        Trigger.ANSWERED: "the customer answers",
        Trigger.BREACHED: "a clock runs out",
        Trigger.WAITED: f"a case has waited for {span_words(max(rule.after, 1))}",
    }[rule.trigger]


def _phrases(rule: Rule, names: Names) -> list[str]:
    """What stands right behind the trigger: on Mastodon, in German, about Halcyon Air, in public."""
    found = (one for fact in _PHRASES for one in rule.conditions if one.fact is fact)
    return [f"{'not ' if one.but else ''}{_phrase(one, names)}" for one in found]


def _phrase(condition: Condition, names: Names) -> str:
    values = condition.values
    match condition.fact:
        case Fact.NETWORK:
            return f"on {joined([network_name(v) for v in values], 'or')}"
        case Fact.LANGUAGE:
            return f"in {joined([LANGUAGES.get(v, v) for v in values], 'or')}"
        case Fact.BRAND:
            named = [names.brands.get(v, "a brand that is gone") for v in values]
            return f"about {joined(named, 'or')}"
        case _:
            return f"in {joined(values, 'or')}"


def _clause(condition: Condition) -> str:
    values, no = condition.values, condition.but
    is_ = "is not" if no else "is"
    match condition.fact:
        case Fact.SEVERITY:
            return f"its severity {is_} {values[0]}{'' if values[0] == 'blame' else ' or worse'}"
        case Fact.PRIORITY:
            level = Priority(int(values[0]))
            more = "" if level is max(Priority) else " or more"
            return f"its priority {is_} {level.name.lower()}{more}"
        case Fact.STATE:
            return f"it {is_} {joined(values, 'or')}"
        case Fact.LABEL:
            quoted = [f'"{value}"' for value in values]
            return f"it {'lacks' if no else 'has'} the label {joined(quoted, 'or')}"
        case Fact.ROLE:
            return f"its author {is_} {joined([_ROLES[v] for v in values], 'or')}"
        case Fact.FOLLOWERS:
            bands = joined([_band(value) for value in values], "or")
            return f"its author has {'not ' if no else ''}{bands} followers"
        case Fact.WATCH:
            kinds = joined([_WATCHES[value] for value in values], "or")
            return f"it matches {'no' if no else 'a'} watch on {kinds}"
        case Fact.WORDS:
            quoted = [f'"{value}"' for value in values]
            return f"it {'does not say' if no else 'says'} {joined(quoted, 'or')}"
        case Fact.CLOCK:
            return f"it {is_} that of {joined([_CLOCKS[v] for v in values], 'or')}"
        case _:
            long = "for less than" if no else "for"
            more = "" if no else " or longer"
            return f"the customer has waited {long} {span_words(int(values[0]))}{more}"


def _band(band: str) -> str:
    least, below = BANDS[band]
    if below is None:
        return f"{least:,} or more"
    return f"under {below:,}" if not least else f"{least:,} to {below:,}"
