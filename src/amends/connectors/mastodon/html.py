"""HTML of a Mastodon post as plain text."""

import re
from collections.abc import Sequence
from functools import lru_cache
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

from amends.connectors.fields import web_link
from amends.terms import BadInput

# Longer than any server allows; what the parser does with broken markup grows with its square.
CONTENT_LIMIT = 100_000

_NOT_A_LINK = {"mention", "hashtag"}
_TAG = re.compile(r"<[^>]*>")
# Markup as servers write it: these tags, attributes in double quotes, no other "<". It is most of
# what comes, and reading it so takes a small part of what the parser of the standard library takes.
_BLOCKS = {"li": "\n", **dict.fromkeys(("p", "blockquote", "ul", "ol", "pre"), "\n\n")}
"""Tags that begin a line or a paragraph."""
_NAMES = "p|br|a|span|b|strong|i|em|u|s|del|code|pre|blockquote|ul|ol|li|h[1-6]|sub|sup|ruby|r[pt]"
_ATTRIBUTES = r'(?: [a-z-]+="[^"<>]*")*'
_CLEAN_TAG = re.compile(rf"(?:/({_NAMES})|({_NAMES})({_ATTRIBUTES}) ?/?)")
_CLEAN_ATTRIBUTES = re.compile(_ATTRIBUTES)
_ATTRIBUTE = re.compile(r' ([a-z-]+)="([^"]*)"')
_BLANK_LINES = re.compile(r"\n{3,}")


class Plain(NamedTuple):
    """``links`` are the addresses linked to, mentions and hashtags left out."""

    text: str
    links: tuple[str, ...]


def plain_text(content: str) -> Plain:
    """Paragraphs apart by a blank line, mentions and hashtags as written, links in full.

    Raises BadInput where the content is longer than ``CONTENT_LIMIT`` characters.
    """
    if len(content) > CONTENT_LIMIT:
        raise BadInput(f"The content is longer than {CONTENT_LIMIT:,} characters.")
    if "<" not in content and "&" not in content:
        return Plain(content.strip(), ())
    try:
        written, links = _read_clean(content) or _parsed(content)
    except AssertionError:  # the standard parser's answer to unknown declarations
        return Plain(unescape(_TAG.sub(" ", content)).strip(), ())
    text = "".join(written)
    if "\n\n\n" in text:
        text = _BLANK_LINES.sub("\n\n", text)
    return Plain(text.strip(), tuple(dict.fromkeys(links)))


_Read = tuple[list[str], list[str]]
"""What is written, in pieces, and the links."""


def _parsed(content: str) -> _Read:
    parser = _Content()
    parser.feed(content)
    parser.close()
    return parser.written, parser.links


def _read_clean(content: str) -> _Read | None:
    """What the parser would read in content that is clean; None where it is not."""
    first, *pieces = content.split("<")
    written, links = [unescape(first)], []
    link, inside, put = "", written, written.append
    for piece in pieces:
        tag, closed, text = piece.partition(">")
        effect = _opened(tag) if tag[:2] == "a " else _effect(tag)
        if effect is None or not closed:
            return None
        if effect:
            if effect in _WRITTEN:
                written.append(effect)
            elif effect == "br":
                put("\n")
            else:
                if link:
                    written.append(_link_text(link, "".join(inside)))
                    links.append(link)
                link, inside = ("", written) if effect == _END else (effect, [])
                put = inside.append
        if text:
            put(unescape(text) if "&" in text else text)
    if link:
        written.append(_link_text(link, "".join(inside)))
        links.append(link)
    return written, links


_WRITTEN = frozenset(_BLOCKS.values())
_END = "/a"


def _opened(tag: str) -> str | None:
    """What the start of a link does: its address, or ``_END`` without one, or "" for a mention.

    None for what only the parser can read.
    """
    before, named, after = tag.partition(' href="')
    href, quote, behind = after.partition('"')
    leads = _leads(before[1:], behind)
    address = href.replace("&amp;", "&")
    if leads is None or len(named) != 7 * len(quote) or address.count("&") != href.count("&amp;"):
        return None
    return (web_link(address) or _END) if leads else ""


@lru_cache(4096)
def _leads(before: str, behind: str) -> bool | None:
    """Whether a link with such attributes beside its address is no mention and no hashtag; None for
    what only the parser can read."""
    given = before + behind
    if not (
        _CLEAN_ATTRIBUTES.fullmatch(before)
        and _CLEAN_ATTRIBUTES.fullmatch(behind.removesuffix(" "))
    ):
        return None
    if _is_odd(given) or " href=" in given:
        return None
    return _NOT_A_LINK.isdisjoint(dict(_ATTRIBUTE.findall(given)).get("class", "").split())


@lru_cache(4096)
def _effect(tag: str) -> str | None:
    """What any other clean tag does, given without its brackets: what it writes, "br", ``_END`` of
    a link, or "". None for what only the parser can read."""
    found = _CLEAN_TAG.fullmatch(tag)
    if found is None or _is_odd(found[3] or ""):
        return None
    # A link without attributes leads nowhere, so its start does what its end does.
    if "a" in (found[1], found[2]):
        return _END
    return "br" if found[2] == "br" else _BLOCKS.get(found[2] or "", "")


def _is_odd(given: str) -> bool:
    """Whether references, of which attributes and text make different things, or marks of hidden
    content may be among attributes."""
    return "&" in given or "quote-inline" in given


class _Content(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.links: list[str] = []
        self._link: str | None = None
        self._inside: list[str] = []  # what the open link says
        self._hidden = ""  # the tag whose content is left out

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if self._hidden:
            return
        given = dict(attrs) if attrs else {}
        classes = (given.get("class") or "").split()
        if tag in ("script", "style") or "quote-inline" in classes:
            self._hidden = tag
        elif tag == "br":
            self.handle_data("\n")
        elif tag in _BLOCKS:
            self.written.append(_BLOCKS[tag])
        elif tag == "a" and _NOT_A_LINK.isdisjoint(classes):
            self._close_link()
            self._link = web_link(given.get("href"))

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = ""
        elif tag == "a":
            self._close_link()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            (self._inside if self._link else self.written).append(data)

    def close(self) -> None:
        super().close()
        self._close_link()

    def _close_link(self) -> None:
        if self._link is None:
            return
        self.written.append(_link_text(self._link, "".join(self._inside)))
        self.links.append(self._link)
        self._link, self._inside = None, []


def _link_text(link: str, inside: str) -> str:
    """The address, and before it what the link says where that is something else."""
    said = inside.strip()
    return link if not said or said.rstrip("…") in link else f"{said} ({link})"
