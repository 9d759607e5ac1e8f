"""HTML of pages, feeds and mail as plain text. It builds no tree, so that depth costs nothing."""

import re
from collections.abc import Mapping
from html import unescape
from typing import NamedTuple

from lxml import etree

from amends.connectors.fields import web_link

LIMIT = 500_000  # characters that are read; no post and few mails are longer
# The parser looks for each end among all that is open. What has more ends and beginnings, multiplied,
# than any page that is meant to be read loses its tags and no more.
_MOST_SEARCHING = 100_000_000

_HIDDEN = frozenset({"script", "style", "template", "head", "title", "noscript", "svg", "object"})
_PARAGRAPHS = frozenset(
    ("p", "blockquote", "ul", "ol", "dl", "pre", "table", "h1", "h2", "h3", "h4", "h5", "h6", "hr",
     "section", "article", "header", "footer", "figure", "form", "fieldset")
)  # fmt: skip
_LINES = frozenset(
    ("div", "li", "tr", "dt", "dd", "caption", "figcaption", "address", "option")
)  # fmt: skip
_TAG = re.compile(r"<[^<>]*>")
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_BLANK_LINES = re.compile(r"\n{3,}")


class Plain(NamedTuple):
    """``links`` are the addresses linked to, ``images`` those shown; each once, in order."""

    text: str
    links: tuple[str, ...] = ()
    images: tuple[str, ...] = ()


def plain_text(content: str) -> Plain:
    """Paragraphs apart by a blank line, links in full behind what they say, images by their
    description. Anything is read; of more than ``LIMIT`` characters the beginning."""
    content = content[:LIMIT]
    if "<" not in content and "&" not in content:
        return Plain(content.replace("\r\n", "\n").replace("\r", "\n").strip())
    ends = content.count("</")
    if ends * (content.count("<") - ends) > _MOST_SEARCHING:
        return Plain(_BLANKS.sub(" ", unescape(_TAG.sub(" ", content))).strip())
    sheet = _Sheet()
    parser = etree.HTMLParser(
        target=sheet, encoding="utf-8", no_network=True, recover=True, huge_tree=False
    )
    try:
        parser.feed(content.replace("\0", "\ufffd").encode("utf-8", "replace"))
        parser.close()
    except etree.LxmlError:
        sheet.close()  # nothing in it, or nested past all reason: what was read so far stands
    return Plain(
        sheet.text(), tuple(dict.fromkeys(sheet.links)), tuple(dict.fromkeys(sheet.images))
    )


class _Sheet:
    """What a parser writes upon, tag by tag."""

    def __init__(self) -> None:
        self.links: list[str] = []
        self.images: list[str] = []
        self._written: list[str] = []
        self._link: str | None = None
        self._inside: list[str] = []  # what the open link says
        self._hidden: list[str] = []
        self._as_is = 0  # open tags in which blanks count

    def start(self, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        if self._hidden:
            return
        if tag in _PARAGRAPHS:
            self._put("\n\n")
            self._as_is += tag == "pre"
        elif tag in _LINES or tag == "br":
            self._put("\n")
        elif tag in ("td", "th"):
            self._put(" ")
        elif tag == "a":
            self._close_link()
            self._link = web_link((attributes.get("href") or "").strip())
        elif tag == "img":
            self._image(attributes)

    def end(self, tag: str) -> None:
        if self._hidden:
            if tag == self._hidden[-1]:
                self._hidden.pop()
        elif tag in _PARAGRAPHS:
            self._put("\n\n")
            self._as_is -= tag == "pre" and self._as_is > 0
        elif tag in _LINES:
            self._put("\n")
        elif tag == "a":
            self._close_link()

    def data(self, data: str) -> None:
        if not self._hidden:
            self._put(data if self._as_is else _BLANKS.sub(" ", data))

    def comment(self, text: str) -> None:
        """Left out."""

    def pi(self, target: str, data: str | None = None) -> None:
        """Left out."""

    def close(self) -> None:
        self._close_link()

    def text(self) -> str:
        lines = "".join(self._written).replace("\u00a0", " ").split("\n")
        return _BLANK_LINES.sub("\n\n", "\n".join(line.strip(" \t") for line in lines)).strip()

    def _put(self, text: str) -> None:
        (self._written if self._link is None else self._inside).append(text)

    def _image(self, attributes: Mapping[str, str]) -> None:
        # Those of one pixel tell somebody that the text was opened; they show nothing.
        shown = not {attributes.get("width"), attributes.get("height")} & {"0", "1"}
        address = web_link((attributes.get("src") or "").strip())
        if shown and address:
            self.images.append(address)
        self._put(attributes.get("alt") or "")

    def _close_link(self) -> None:
        if self._link is None:
            return
        link, said = self._link, "".join(self._inside).strip()
        self._link, self._inside = None, []
        self.links.append(link)
        self._put(link if not said or said.rstrip("…/") in link else f"{said} ({link})")
