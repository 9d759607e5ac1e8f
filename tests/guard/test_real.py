"""Real replies pass: few are stopped, and most are not asked about."""

import gzip
import json
from collections import Counter
from itertools import islice
from pathlib import Path

import pytest

from amends.guard import CaseFacts, check, verdict_of
from tests.support.shared import shared

pytestmark = pytest.mark.shared
CANNED = {"stock_phrases", "near_copy"}


def first_replies(path: Path, number: int) -> list[tuple[str, str]]:
    """Posts and their first answers, from conversations throughout the file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        chosen = [json.loads(line)["turns"] for line in islice(lines, 0, number * 20, 20)]
    turns = [[turn["text"].replace("__cust__", "@mia") for turn in two[:2]] for two in chosen]
    return [(two[0], two[1]) for two in turns if len(two) == 2]


def test_few_real_replies_are_held_up() -> None:
    pairs = first_replies(shared("data/twcs-airlines/conversations.jsonl.gz"), 1_500)
    verdicts = Counter(
        verdict_of(one for one in check(reply, CaseFacts(post=post)) if one.code not in CANNED)
        for post, reply in pairs
    )
    assert verdicts["stop"] < 0.005 * len(pairs)
    assert verdicts["ask"] < 0.06 * len(pairs)
    assert len(pairs) > 1_000
