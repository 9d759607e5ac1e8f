"""The card of a head: what it was learnt from and what it is worth, for people to read."""

from collections.abc import Mapping
from typing import Any

_NAMES = {"complaint": "Complaint or none", "sentiment": "Sentiment", "severity": "Severity"}


def card(name: str, reader: str, figures: Mapping[str, Any], *, made: str, seed: int) -> str:
    """Markdown. ``figures``: those of ``Learnt.as_json``; ``made``: the day."""
    rows = "\n".join(_row(one) for one in figures["kinds"])
    recalls = [one["recall"] for one in figures["kinds"] if one["recall"]]
    recall = (
        f"\nOf the complaints found: before {_per(recalls[0][0])}, after {_per(recalls[0][1])}.\n"
        if recalls
        else ""
    )
    return f"""# {name}

Learnt on {made} over {reader}, seed {seed}, from corrections of this desk alone. The reader itself was not
changed, and nothing left the desk. The file holds numbers and no word of a post.

| what | corrected posts | before | after | change, 95 % interval |
|---|---:|---:|---:|---:|
{rows}

Macro-F1 on corrections held back: five parts, each read by a head that learnt from the other four; posts of
one author, and posts of the same words, are in one part.
{recall}
Of {figures["others"]:,} posts that nobody corrected, {figures["changed"]:,} change from complaint to none or back.

People correct what is wrong: the posts above are harder than what is heard on the whole, and the figures
hold for posts like them.
"""


def _row(one: Mapping[str, Any]) -> str:
    low, high = one["change"]
    called = ", ".join(f"{count} {word}" for word, count in one["called"].items())
    return (
        f"| {_NAMES[one['kind']]} ({called}) | {one['posts']} | {one['before']:.3f} |"
        f" {one['after']:.3f} | {low:+.3f} to {high:+.3f} |"
    )


def _per(share: float) -> str:
    return f"{share:.0%}".replace("%", " %")
