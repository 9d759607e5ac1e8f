"""A query's canonical form."""

import regex

from amends.matching.lexer import QUOTES
from amends.matching.nodes import (
    And,
    Cased,
    Compare,
    Fuzzy,
    Keyword,
    Leaf,
    Lookalike,
    Node,
    Not,
    Operator,
    Or,
    Phrase,
    Prefix,
    Tag,
)

_QUOTED_VALUES = frozenset({"url", "url_contains", "bio", "bio_name"})
_MARKS = regex.compile(rf"([\\{QUOTES}])")
_PLAIN = regex.compile(r"[\p{L}\p{N}\p{M}_.@:/-]+")


def render(node: Node) -> str:
    """The query as it is best written; ``parse(render(node)) == node``."""
    if isinstance(node, Or):
        return " OR ".join(render(part) for part in node.parts)
    if isinstance(node, And):
        return " ".join(_grouped(part, Or) for part in node.parts)
    if isinstance(node, Not):
        return "-" + _grouped(node.part, And | Or)
    return render_leaf(node)


def render_leaf(leaf: Leaf) -> str:
    """One leaf as it is written."""
    match leaf:
        case Keyword(text):
            return text
        case Phrase(text, within):
            return quoted(text) + ("" if within is None else f"~{within}")
        case Prefix(text):
            return text + "*"
        case Fuzzy(text):
            return "fuzzy:" + _value(text)
        case Lookalike(text):
            return "lookalike:" + _value(text)
        case Cased(text):
            return "case:" + quoted(text)
        case Tag(sign, name):
            return sign + name
        case Compare(name, sign, number):
            return f"{name}{sign}{number}"
        case Operator(name, value):
            return f"{name}:{_value(value)}"


def quoted(text: str) -> str:
    """A text in quotes, those in it escaped."""
    return '"' + _MARKS.sub(r"\\\1", text) + '"'


def _value(text: str) -> str:
    return text if _PLAIN.fullmatch(text) else quoted(text)


def _grouped(node: Node, kinds: object) -> str:
    said = render(node)
    return f"({said})" if isinstance(node, kinds) else said  # type: ignore[arg-type]
