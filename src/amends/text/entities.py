"""Handles, hashtags and cashtags in a text, and the links and addresses that hold none."""

from typing import NamedTuple

import regex

from amends.text.words import UNSPACED

_NAME = r"[\p{L}\p{N}\p{Mn}\p{Mc}_]"
_ALONE = rf"(?<![{_NAME}--[{UNSPACED}]])(?<![&#@$])"
_LINK = regex.compile(
    rf"(?V1)(?:https?://|www\.|(?<![{_NAME}@.-])[\p{{L}}\p{{N}}-]+(?:\.[\p{{L}}\p{{N}}-]+)+/)"
    rf"[^\s<>\"{{}}|\\^`{UNSPACED}]*"
)
_MAIL = regex.compile(
    rf"(?V1)(?<![{_NAME}@.+%-])[\p{{L}}\p{{N}}_](?:[\p{{L}}\p{{N}}_.+%-]*[\p{{L}}\p{{N}}_+-])?"
    r"@[\p{L}\p{N}-]+(?:\.[\p{L}\p{N}-]+)+"
)
_DOTTED = r"[a-z0-9_]+(?:-+[a-z0-9_]+)*(?:\.[a-z0-9]+(?:-+[a-z0-9]+)*)+"
_MARKED = regex.compile(
    rf"(?V1){_ALONE}(?:@(?P<far>[a-z0-9_.-]*[a-z0-9_]@{_DOTTED})"
    rf"|@(?P<dotted>{_DOTTED})(?!{_NAME})|(?P<sign>[@#])(?P<name>{_NAME}+)"
    rf"|\$(?P<cash>\p{{L}}{_NAME}*)(?P<share>\.[a-z]{{1,2}}(?!{_NAME}))?)"
)
_FIRST_LABEL = regex.compile(r"[a-z0-9_]+")
_HANDLE = regex.compile(
    rf"(?V1){_ALONE}[@\uff20][a-zA-Z0-9_]+(?:[.@-]+[a-zA-Z0-9_]+)*(?![\w@])\s*", regex.IGNORECASE
)


class Entity(NamedTuple):
    """``names`` are what it answers to, sign included; offsets are code points, sign included."""

    names: tuple[str, ...]
    start: int
    end: int


def entities(normalised: str) -> list[Entity]:
    """The handles, hashtags and cashtags of a text that ``normalise`` made, in order.

    None lies inside a link or an e-mail address. A handle may be a domain
    (``@acme.example.com``) or hold one (``@acme@example.com``). With two labels it may as well be a
    plain handle with the next sentence stuck to it, and answers to both; so does ``$brk.b``.
    """
    if not any(sign in normalised for sign in "#@$"):
        return []
    # Looking for links and addresses costs more than all the rest, so a sign of one comes first.
    shut = []
    if "/" in normalised or "www." in normalised:
        shut += [found.span() for found in _LINK.finditer(normalised)]
    if "@" in normalised:
        shut += [found.span() for found in _MAIL.finditer(normalised)]
    return [
        Entity(_names(found), *found.span())
        for found in _MARKED.finditer(normalised)
        if not any(start <= found.start() < end for start, end in shut)
    ]


def links(normalised: str) -> list[str]:
    """The links of a text that ``normalise`` made: what begins with http:, https: or www."""
    if "http" not in normalised and "www." not in normalised:
        return []
    return [
        link
        for found in _LINK.finditer(normalised)
        if (link := found.group()).startswith(("http://", "https://", "www."))
    ]


def strip_handles(text: str) -> str:
    """A text without its ``@handles``; addresses of e-mail stay."""
    return " ".join(_HANDLE.sub("", text).split())


def _names(found: regex.Match[str]) -> tuple[str, ...]:
    if found["sign"]:
        return (found["sign"] + found["name"],)
    if found["cash"]:
        plain = "$" + found["cash"]
        return (plain + found["share"], plain) if found["share"] else (plain,)
    whole = found["far"] or found["dotted"]
    if found["dotted"] and whole.count(".") == 1:
        first = _FIRST_LABEL.match(whole)
        return ("@" + whole, "@" + first.group() if first else whole)
    return ("@" + whole,)
