"""What each verb of a case is sent, so that somebody who may do it can.

One line for each row of ``casework.verbs.VERBS`` that takes anything; the address below the case is
the verb's name, but for the ways to write.
"""

from typing import Final

from amends.desk.models import Case

SENT: Final[dict[str, dict[str, str]]] = {
    "write-note": {"mode": "note", "text_note": "The gate desk found the pram."},
    "write-public": {"mode": "public", "text_public": "What did they say at the gate, Rosa? ^MK"},
    "write-private": {"mode": "private", "text_private": "What did they say at the gate, Rosa?"},
    "close-out": {
        "mode": "public",
        "closes_out": "1",
        "text_public": "The pram is back with you, Rosa. Thank you for telling us. ^MK",
    },
    "draft": {"mode": "public", "text": "I am"},
    "priority": {"priority": "4"},
    "label": {"label": "refund"},
    "unlabel": {"label": "late"},
    "snooze": {"span": "1 h"},
    "macro": {"macro": "{macro}"},
    "rank": {
        "rank_query": "halcyon pram",
        "rank_address": "https://a.example/1",
        "rank_place": "3",
    },
    "rank-unwatch": {"watch": "1"},
    "close": {"reason": "settled by telephone"},
    "fault": {"fault": "third_party", "facts": "The airport says so."},
    "second-chance": {"chance": "asked"},
    "remedy": {"kind": "note", "what": "A card"},
    "promise": {"words": "Call back", "due": "2099-01-01T12:00"},
    "remedy-decide": {"decision": "deliver", "pk": "{remedy}"},
    "promise-decide": {"decision": "keep", "pk": "{promise}"},
    "outcome": {"outcome": "negative"},
    "survey": {"survey_text": "How did we do for you, Rosa?"},
    "claim": {"claim_words": "They sold my seat twice."},
    "legal": {"legal": "1"},
    "hold": {"hold_reason": "A court asks.", "until": "{soon}"},
    "hold-lift": {"pk": "{hold}"},
    "assign": {"to": "{omar}"},
    "hand-up": {"to": "{priya}"},
    "hand-over": {"to": "person-{omar}"},
    "handoff-decide": {"decision": "end", "pk": "{handoff}"},
    "letter-decide": {"decision": "withdraw", "pk": "{letter}"},
    "call": {"way": "phone", "starts": "{soon}T12:00", "minutes": "15"},
    "call-log": {"way": "phone", "held_at": "2026-03-02T12:30", "minutes": "5", "said": "Found."},
    "call-decide": {"decision": "cancel", "pk": "{call}"},
    "take-down": {"take_down_reason": "It was meant for somebody else."},
    "merge": {"into": "{other}", "two_customers": "{other}"},
    "bring-in": {"ref": "{other}", "two_customers": "{other}"},
    "give-back": {"ref": "{joined}"},
    "split": {"post": "{more}"},
    "same-person": {"who": "{other}"},
    "other-person": {"merge": "{customers}"},
}
WRITES: Final = frozenset({"write-note", "write-public", "write-private", "close-out"})
# What is decided about something needs a case that has it; the rest needs one with nothing open.
LADEN: Final = frozenset(
    {
        "remedy-decide",
        "promise-decide",
        "handoff-decide",
        "hold-lift",
        "survey",
        "take-down",
        "call-decide",
        "give-back",
        "other-person",
        "letter-decide",
    }
)


def address_of(verb: str, case: Case, names: dict[str, str]) -> str:
    below = {"take-down": f"posts/{names['ours']}/take-down"} | dict.fromkeys(WRITES, "write")
    return f"/cases/{case.ref}/{below.get(verb, verb)}/"


def sent_for(verb: str, names: dict[str, str]) -> dict[str, str]:
    """What a verb is sent, with the ids of what is there put in."""
    return {name: value.format_map(names) for name, value in SENT.get(verb, {}).items()}
