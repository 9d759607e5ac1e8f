"""Queries that no word leads to, found by the accounts they ask for."""

from collections.abc import Iterable, Iterator, Mapping

from amends.matching.facts import Facts
from amends.matching.nodes import And, Node, Operator, Or

Account = tuple[str, str]
"""An operator (``from``, ``to`` or ``retweets_of``) and a name in small letters."""

_OPERATORS = frozenset({"from", "to", "retweets_of"})


def accounts_of(node: Node) -> frozenset[Account] | None:
    """Accounts of which every match has one; None where the query does not insist on any."""
    match node:
        case Operator(name, value) if name in _OPERATORS:
            return frozenset({(name, value.casefold())})
        case And(parts):
            known = [found for part in parts if (found := accounts_of(part)) is not None]
            return min(known, key=len, default=None)
        case Or(parts):
            sides = [accounts_of(part) for part in parts]
            some = [side for side in sides if side is not None]
            return frozenset().union(*some) if len(some) == len(sides) else None
        case _:
            return None


class ByAccount:
    """Queries by the accounts they insist on; ``others`` insist on none."""

    def __init__(self, nodes: Mapping[int, Node]) -> None:
        self.others: list[int] = []
        self._numbers: dict[Account, list[int]] = {}
        for number, node in nodes.items():
            accounts = accounts_of(node)
            if accounts is None:
                self.others.append(number)
            for account in accounts or ():
                self._numbers.setdefault(account, []).append(number)

    def near(self, facts: Facts) -> Iterator[int]:
        """The queries that a post may satisfy, each once."""
        yield from self.others
        if self._numbers:
            found = (self._numbers.get(account, ()) for account in _accounts(facts))
            yield from dict.fromkeys(number for numbers in found for number in numbers)


def _accounts(facts: Facts) -> Iterator[Account]:
    asked: Iterable[tuple[str, frozenset[str]]] = (
        ("from", facts.author),
        ("to", facts.answered),
        ("retweets_of", facts.reposted),
    )
    for operator, names in asked:
        for name in names:
            yield operator, name
