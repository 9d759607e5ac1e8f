"""What administrators decide: the level of each finding, and a few numbers."""

from collections.abc import Mapping
from types import MappingProxyType

import msgspec

from amends.guard.codes import CODES
from amends.guard.findings import LEVELS, Level
from amends.terms import BadInput


class Policy(msgspec.Struct, frozen=True, kw_only=True):
    """``levels`` moves findings, by code; what is absent keeps its own level (``CODES``).

    ``public_turns`` is how many public replies to one customer pass without a word.
    ``similarity`` in (0, 1] is from where on two replies are copies. ``contacts`` are the desk's
    own addresses, domains and telephone numbers, which may be shown anywhere.
    """

    levels: Mapping[str, Level] = MappingProxyType({})
    public_turns: int = 2
    similarity: float = 0.8
    contacts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for code, level in self.levels.items():
            if code not in CODES:
                raise BadInput(f"The guard has no finding {code!r}; see docs/guard.md.")
            if level not in LEVELS:
                raise BadInput(f"{code}: {level!r} is no level; choose stop, ask or note.")

    def level(self, code: str) -> Level:
        return self.levels.get(code) or CODES[code].level


DEFAULT_POLICY = Policy()
