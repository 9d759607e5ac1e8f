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
# what comes, and reading it so takes an eighth of what the parser of the standard library takes.
_NAMES = "p|br|a|span|b|strong|i|em|u|s|del|code|pre|blockquote|ul|ol|li|h[1-6]|sub|sup|ruby|r[pt]"
_CLEAN_TAG = re.compile(rf'<(?:/({_NAMES})|({_NAMES})((?: [a-z-]+="[^"<>]*")*) ?(/?))>')
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
    parser = _Content()
    try:
        if not parser.feed_clean(content):
            parser.feed(content)
            parser.close()
    except AssertionError:  # the standard parser's answer to unknown declarations
        return Plain(unescape(_TAG.sub(" ", content)).strip(), ())
    text = _BLANK_LINES.sub("\n\n", "".join(parser.written)).strip()
    return Plain(text, tuple(dict.fromkeys(parser.links)))


@lru_cache(4096)
def _attributes(given: str) -> tuple[tuple[str, str], ...] | None:
    """Names and values; None where references without a semicolon, of which attributes and text
    make different things, may be among them."""
    plain = given.replace("&amp;", "&")
    if plain.count("&") != given.count("&amp;"):
        return None
    return tuple(_ATTRIBUTE.findall(plain))


class _Content(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.links: list[str] = []
        self._link: str | None = None
        self._inside: list[str] = []  # what the open link says
        self._hidden = ""  # the tag whose content is left out

    def feed_clean(self, content: str) -> bool:
        """Take in the whole of a content that is clean; False, and nothing done, where it is not."""
        pieces = _CLEAN_TAG.split(content)
        if "<" in "".join(pieces[::5]):
            return False
        attributes = [_attributes(given) if given else () for given in pieces[3::5]]
        if None in attributes:
            return False
        self._take(pieces[0])
        for end, start, given, closed, text in zip(
            pieces[1::5], pieces[2::5], attributes, pieces[4::5], pieces[5::5], strict=True
        ):
            if start:
                self.handle_starttag(start, given or ())
            if end or closed:
                self.handle_endtag(end or start)
            self._take(text)
        self._close_link()
        return True

    def _take(self, text: str) -> None:
        if text:
            self.handle_data(unescape(text) if "&" in text else text)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if self._hidden:
            return
        given = dict(attrs) if attrs else {}
        classes = (given.get("class") or "").split()
        if tag in ("script", "style") or "quote-inline" in classes:
            self._hidden = tag
        elif tag == "br":
            self.handle_data("\n")
        elif tag in ("p", "blockquote", "ul", "ol", "pre", "li"):
            self.written.append("\n" if tag == "li" else "\n\n")
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
        """Write the address, and before it what the link says where that is something else."""
        if self._link is None:
            return
        said = "".join(self._inside).strip()
        is_address = not said or said.rstrip("…") in self._link
        self.written.append(self._link if is_address else f"{said} ({self._link})")
        self.links.append(self._link)
        self._link, self._inside = None, []
