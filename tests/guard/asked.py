"""How the tests ask the guard, and the cases written for it.

``cases/good.jsonl`` and ``cases/bad.jsonl`` hold replies written for this project, one question a line
as ``amends guard --json`` takes it, with ``want`` (the verdict) and, where bad, ``codes`` (any of which
names it). ``unseen`` marks the third that was kept aside while the rules were written.
"""

import json
from pathlib import Path
from typing import Any

from amends.guard import CaseFacts, Finding, check
from amends.guard.asking import answer, read_question

LATE = "@acme third delay this week and nobody at the gate knows anything. Worst airline ever"
BILL = "@acme you charged me twice for the same month, 84 dollars gone"
PRIVATE = CaseFacts(mode="private")
LATER = CaseFacts(public_turns=1)

_CASES = Path(__file__).parent / "cases"


def cases(kind: str) -> list[dict[str, Any]]:
    lines = (_CASES / f"{kind}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines]


def asked(case: dict[str, Any]) -> dict[str, Any]:
    return answer(read_question(case))


def loud(findings: list[Finding]) -> list[str]:
    """The codes of what stops or asks, in order and once each."""
    return list(dict.fromkeys(one.code for one in findings if one.level != "note"))


def codes(reply: str, facts: CaseFacts = LATER, **more: Any) -> list[str]:
    """What stops or asks about a reply, by default a later public one."""
    return loud(check(reply, facts, **more))
