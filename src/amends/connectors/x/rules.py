"""Watches as rules of X's filtered stream, and the difference to the rules that are there."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence

import msgspec

from amends.connectors.calling import Effect
from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.connectors.x.api import Api
from amends.matching import QueryError, parse
from amends.matching.nodes import Node, Or
from amends.matching.xrules import LONGEST, NotOnX, compile_x
from amends.terms import ConnectorError

_TAG = "amends:"  # rules of others, under the same application, are left alone
_AT_ONCE = 100  # rules in one request


class Compiled(msgspec.Struct, frozen=True, kw_only=True):
    """``rules`` by no particular order, each once; ``notes`` say which watches have none, and
    why."""

    rules: tuple[str, ...]
    notes: tuple[str, ...] = ()


def compile_rules(queries: Iterable[str], *, most: int, longest: int = LONGEST) -> Compiled:
    """The rules that hand over all that the queries match, and perhaps more.

    A rule longer than X takes is split at its ORs; more rules than X takes are joined by OR.
    """
    rules: dict[str, None] = {}
    notes: list[str] = []
    for query in queries:
        try:
            rules |= dict.fromkeys(_split(parse(query), longest))
        except (QueryError, NotOnX) as error:
            if str(error).startswith("Nothing on X"):
                continue  # it is meant for another network
            notes.append(f"X is not asked for {query[:80]!r}: {error}")
    found = list(rules)
    if len(found) > most:
        found = pack(found, longest)
    if len(found) > most:
        notes.append(f"X takes {most:,} rules; the last {len(found) - most:,} are left out.")
    return Compiled(rules=tuple(found[:most]), notes=tuple(notes))


def _split(node: Node, longest: int) -> list[str]:
    rule = compile_x(node)
    if len(rule) <= longest:
        return [rule]
    if isinstance(node, Or):
        return [one for part in node.parts for one in _split(part, longest)]
    raise NotOnX(f"its rule has {len(rule):,} characters, and X takes {longest:,}.")


def pack(rules: Sequence[str], longest: int) -> list[str]:
    """Rules joined by OR, as many in each as fit."""
    packed: list[str] = []
    for rule in sorted(rules, key=len):
        one = f"({rule})" if " " in rule else rule
        joined = f"{packed[-1]} OR {one}" if packed else ""
        if packed and len(joined) <= longest:
            packed[-1] = joined
        else:
            packed.append(one if len(one) <= longest else rule)
    return packed


async def sync(api: Api, rules: Sequence[str]) -> None:
    """Bring the rules at X in line with these: what is missing is added, and what was ours and is
    no longer wanted removed. Raises ``ConnectorError`` that names a rule X refuses."""
    there = await _there(api)
    ours = {value: rule_id for rule_id, value, tag in there if tag.startswith(_TAG)}
    known = {value for _, value, _ in there}
    wanted = dict.fromkeys(rules)
    gone = [rule_id for value, rule_id in ours.items() if value not in wanted]
    missing = [value for value in wanted if value not in known]
    # First out, then in: there may be no room for both.
    for start in range(0, len(gone), _AT_ONCE):
        await _change(api, {"delete": {"ids": gone[start : start + _AT_ONCE]}})
    for start in range(0, len(missing), _AT_ONCE):
        added = [{"value": one, "tag": _tag(one)} for one in missing[start : start + _AT_ONCE]]
        _check_added(await _change(api, {"add": added}))


async def _there(api: Api) -> list[tuple[str, str, str]]:
    found: list[tuple[str, str, str]] = []
    token = None
    while True:
        params = {"max_results": 1000, "pagination_token": token}
        answer = await api.ask("GET", _PATH, params=params, app=True)
        page = mapping_of(answer.value)
        found += [
            (text_of(one.get("id")) or "", str(one.get("value")), str(one.get("tag") or ""))
            for one in mappings_of(page.get("data"))
        ]
        token = text_of(mapping_of(page.get("meta")).get("next_token"))
        if token is None:
            return found


_PATH = "/2/tweets/search/stream/rules"


async def _change(api: Api, change: Mapping[str, object]) -> Mapping[str, object]:
    answer = await api.ask("POST", _PATH, effect=Effect.SAFE, json=change, app=True)
    return mapping_of(answer.value)


def _check_added(told: Mapping[str, object]) -> None:
    """A rule that is there already is as good as added."""
    for error in mappings_of(told.get("errors")):
        if "Duplicate" not in str(error.get("title")):
            said = text_of(error.get("detail")) or text_of(error.get("title")) or "no reason"
            value = text_of(error.get("value")) or ""
            msg = f"X refused the rule {value[:120]!r} ({said[:200]}); change that watch."
            raise ConnectorError(msg)


def _tag(rule: str) -> str:
    return _TAG + hashlib.sha256(rule.encode("utf-8", "surrogatepass")).hexdigest()[:16]
