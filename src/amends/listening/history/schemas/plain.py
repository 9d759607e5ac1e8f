"""HTML of a Mastodon post as plain text."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import NamedTuple

from amends.listening.history.schemas.fields import web_link
from amends.terms import BadInput

# Longer than any server allows; what the parser does with broken markup grows with its square.
CONTENT_LIMIT = 100_000

_NOT_A_LINK = {"mention", "hashtag"}
_TAG = re.compile(r"<[^>]*>")
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
        parser.feed(content)
        parser.close()
    except AssertionError:  # the standard parser's answer to unknown declarations
        return Plain(unescape(_TAG.sub(" ", content)).strip(), ())
    text = _BLANK_LINES.sub("\n\n", "".join(parser.written)).strip()
    return Plain(text, tuple(dict.fromkeys(parser.links)))


class _Content(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.written: list[str] = []
        self.links: list[str] = []
        self._link: str | None = None
        self._inside: list[str] = []  # what the open link says
        self._hidden = ""  # the tag whose content is left out

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if self._hidden:
            return
        given = dict(attrs)
        classes = set((given.get("class") or "").split())
        if tag in ("script", "style") or "quote-inline" in classes:
            self._hidden = tag
        elif tag == "br":
            self.handle_data("\n")
        elif tag in ("p", "blockquote", "ul", "ol", "pre", "li"):
            self.written.append("\n" if tag == "li" else "\n\n")
        elif tag == "a" and not classes & _NOT_A_LINK:
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
