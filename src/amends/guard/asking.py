"""What is asked of the guard as JSON, and what it answers."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from amends.guard.check import check
from amends.guard.copies import RecentReplies
from amends.guard.facts import CaseFacts, Fault, Mode
from amends.guard.findings import Finding, verdict_of
from amends.guard.policy import DEFAULT_POLICY, Policy
from amends.terms import BadInput, Traits

_FAULTS: dict[str, Fault] = {
    "ours": "ours", "our": "ours", "us": "ours", "thirdparty": "third_party", "third": "third_party",
    "customer": "customer", "customers": "customer", "theirs": "customer", "unclear": "unclear",
}  # fmt: skip


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """One reply to check. ``history`` is what this desk sent lately."""

    reply: str
    facts: CaseFacts = CaseFacts()
    history: tuple[str, ...] = ()


def read_question(raw: str | bytes | Mapping[str, Any]) -> Question:
    """A question from one line of JSON or from its fields.

    Only ``reply`` is needed; what is absent, null or of another kind is unknown. ``post`` is a text or
    an object with ``text``; ``history`` a list of texts or of such objects; ``thread`` what was said
    before in public, of which objects marked ``ours`` (or by ``account``) count as our turns, and
    where none is marked, all. Raises ``BadInput`` where the line is no JSON object with a reply.
    """
    fields = raw if isinstance(raw, Mapping) else _decoded(raw)
    reply = fields.get("reply")
    if not isinstance(reply, str):
        raise BadInput(
            'This has no reply; write {"reply": "...", "post": "...", "mode": "public"}.'
        )
    account = _handle(fields.get("account"))
    post = fields.get("post")
    facts = CaseFacts(
        mode=_mode(fields.get("mode")),
        post=_text(post),
        public_turns=_turns(fields, account),
        fault=_fault(fields.get("fault")),
        recipient=_handle(fields.get("recipient")),
        complainant=_handle(fields.get("complainant")) or _author(post),
        network=_text(fields.get("network")) or "",
        account=account,
        private_words=_texts(fields.get("private")),
        aroused=_flag(fields.get("aroused")),
        authority=_number(fields.get("authority")),
        closes_out=_flag(fields.get("closes_out")) or False,
    )
    return Question(reply=reply, facts=facts, history=_texts(fields.get("history")))


def answer(
    question: Question,
    *,
    recent: RecentReplies | None = None,
    traits: Traits | None = None,
    policy: Policy = DEFAULT_POLICY,
) -> dict[str, Any]:
    """``{"verdict": ..., "findings": [...]}``. ``recent`` is used where the question has no history."""
    history: RecentReplies | Sequence[str] | None = question.history or recent
    findings = check(question.reply, question.facts, history, traits, policy)
    return {"verdict": verdict_of(findings), "findings": [_shown(one) for one in findings]}


def _shown(finding: Finding) -> dict[str, Any]:
    shown: dict[str, Any] = msgspec.to_builtins(finding)
    if "similarity" in shown:
        shown["similarity"] = round(shown["similarity"], 3)
    return shown


def _decoded(raw: str | bytes) -> Mapping[str, Any]:
    try:
        value = msgspec.json.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise BadInput(f"This is no JSON ({error}); write one object a line.") from error
    if not isinstance(value, dict):
        raise BadInput('This is JSON but no object; write {"reply": "..."}.')
    return value


def _text(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("text")
    return value if isinstance(value, str) and value.strip() else None


def _texts(value: object) -> tuple[str, ...]:
    listed = value if isinstance(value, list | tuple) else [value]
    return tuple(text for text in map(_text, listed) if text is not None)


def _mode(value: object) -> Mode:
    named = value.strip().casefold() if isinstance(value, str) else ""
    private = named in ("private", "dm", "message", "direct", "private message")
    return "private" if private else "public"


def _fault(value: object) -> Fault | None:
    if not isinstance(value, str):
        return None
    return _FAULTS.get("".join(sign for sign in value.casefold() if sign.isalpha()))


def _handle(value: object) -> str | None:
    if isinstance(value, Mapping):
        value = value.get("handle") or value.get("id")
    return value if isinstance(value, str) and value.strip("@ ") else None


def _author(post: object) -> str | None:
    return _handle(post.get("author")) if isinstance(post, Mapping) else None


def _turns(fields: Mapping[str, Any], account: str | None) -> int | None:
    turns = fields.get("public_turns")
    if isinstance(turns, int) and not isinstance(turns, bool):
        return max(0, turns)
    thread = fields.get("thread")
    if not isinstance(thread, list | tuple):
        return None
    said = [one for one in thread if _text(one) is not None]
    marked = [one for one in said if isinstance(one, Mapping) and _is_marked(one)]
    return sum(_is_ours(one, account) for one in marked) if marked else len(said)


def _is_marked(post: Mapping[str, Any]) -> bool:
    return any(name in post for name in ("ours", "role", "author"))


def _is_ours(post: Mapping[str, Any], account: str | None) -> bool:
    if "ours" in post:
        return bool(post["ours"])
    if post.get("role") in ("agent", "brand", "company", "us", "responder", "support"):
        return True
    author = _handle(post.get("author"))
    same = author is not None and account is not None
    return same and str(author).strip("@ ").casefold() == str(account).strip("@ ").casefold()


def _flag(value: object) -> bool | None:
    return value if isinstance(value, bool) else None


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
