"""Documents of feeds as items: RSS 0.9 to 2.0, Atom and JSON Feed, told by what is in them."""

import re
from collections.abc import Mapping
from html.entities import html5
from typing import Any

import msgspec
from lxml import etree

from amends.connectors.fields import mapping_of, mappings_of, text_of
from amends.terms import BadInput

MOST_ITEMS = 5_000  # of one document; what follows is named in a dead letter
_ATOM = "{http://www.w3.org/2005/Atom}"
_CONTENT = "{http://purl.org/rss/1.0/modules/content/}encoded"
_DUBLIN = "{http://purl.org/dc/elements/1.1/}"
_MEDIA = "{http://search.yahoo.com/mrss/}"
_SYNDICATION = "{http://purl.org/rss/1.0/modules/syndication/}"
_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_PERIODS = {"hourly": 3600, "daily": 86_400, "weekly": 604_800}
_REFERENCE = re.compile(rb"&(?:(#?[A-Za-z0-9]{1,32});)?")
_MOST_MENDED = 200_000  # references in a document with mistakes
_XML_NAMES = ("amp", "lt", "gt", "quot", "apos")
_ROOTS = ("rss", "feed", "RDF", "rdf:RDF", "atom:feed")


class Item(msgspec.Struct, kw_only=True):
    """One item as the document tells it, every field as it was written or empty."""

    id: str = ""
    link: str = ""
    title: str = ""
    html: str = ""  # the content, as HTML
    text: str = ""  # the content, as plain text
    author: str = ""
    author_url: str = ""
    created: str = ""
    updated: str = ""
    lang: str = ""
    rating: str = ""
    enclosures: list[tuple[str, str]] = []  # content type, address


class Document(msgspec.Struct, kw_only=True):
    """A feed as it was fetched. ``every_s``: how often its maker says it changes, 0 for not said.
    ``left`` counts the items that were too many."""

    title: str
    items: list[Item]
    every_s: int = 0
    left: int = 0


def read_document(body: bytes) -> Document:
    """What a body tells. Raises ``BadInput`` where it is no feed, or only half of one."""
    begun = body.lstrip(b"\xef\xbb\xbf \t\r\n")[:1]
    return _json_feed(body) if begun == b"{" else _xml_feed(body)


def _json_feed(body: bytes) -> Document:
    try:
        whole = mapping_of(msgspec.json.decode(body.removeprefix(b"\xef\xbb\xbf")))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadInput("The feed is no JSON, or half of it.") from error
    items = whole.get("items")
    if not isinstance(items, list):
        raise BadInput("The answer is JSON, but no JSON Feed: it has no list of items.")
    told = [_json_item(one) for one in mappings_of(items[:MOST_ITEMS])]
    return Document(title=_str(whole, "title"), items=told, left=max(0, len(items) - MOST_ITEMS))


def _json_item(item: Mapping[str, Any]) -> Item:
    authors = mappings_of(item.get("authors")) or [mapping_of(item.get("author"))]
    files = [
        (_str(one, "mime_type"), _str(one, "url")) for one in mappings_of(item.get("attachments"))
    ]
    return Item(
        id=text_of(item.get("id")) or "",
        link=_str(item, "url") or _str(item, "external_url"),
        title=_str(item, "title"),
        html=_str(item, "content_html"),
        text=_str(item, "content_text") or _str(item, "summary"),
        author=_str(authors[0], "name"),
        author_url=_str(authors[0], "url"),
        created=_str(item, "date_published"),
        updated=_str(item, "date_modified"),
        lang=_str(item, "language"),
        enclosures=[("image/", _str(item, "image")), *files],
    )


def _str(fields: Mapping[str, Any], name: str) -> str:
    found = fields.get(name)
    return found if isinstance(found, str) else ""


def _xml_feed(body: bytes) -> Document:
    root = _parsed(body)
    name = etree.QName(root).localname if isinstance(root.tag, str) else ""
    if name == "feed":
        found, read, about = root.findall("{*}entry"), _atom_item, root
    elif name in ("rss", "RDF"):
        about = next(root.iter("{*}channel"), root)
        found, read = [*about.findall("{*}item"), *root.findall("{*}item")], _rss_item
    else:
        said = "HTML" if name.lower() == "html" else f"<{name[:40]}>"
        raise BadInput(f"The answer is {said}, not a feed; look up the address of the feed.")
    title = about.find("{*}title")
    return Document(
        title="" if title is None else _text(title),
        items=[read(one) for one in found[:MOST_ITEMS]],
        every_s=_every_s(about),
        left=max(0, len(found) - MOST_ITEMS),
    )


def _parsed(body: bytes) -> etree._Element:
    """The root. A document with mistakes is read as well as can be, but only if it is whole."""
    try:
        return etree.fromstring(body, _parser(recover=False))
    except (etree.LxmlError, ValueError) as error:
        tail = body.rstrip()[-100:].replace(b"\0", b"")  # UTF-16
        whole = any(tail.endswith(f"</{name}>".encode()) for name in _ROOTS)
        if not whole or body.count(b"&") > _MOST_MENDED:
            raise BadInput(_no_feed(body)) from error
    try:
        root = etree.fromstring(_REFERENCE.sub(_mended, body), _parser(recover=True))
    except (etree.LxmlError, ValueError) as error:
        raise BadInput(_no_feed(body)) from error
    if root is None:
        raise BadInput(_no_feed(body))
    return root


def _mended(found: re.Match[bytes]) -> bytes:
    """A reference as XML takes it: characters that only HTML names, and "&" that names nothing."""
    name = (found[1] or b"").decode()
    if name.startswith("#") or name in _XML_NAMES:
        return found[0]
    points = html5.get(f"{name};", "") if name else ""
    return "".join(f"&#{ord(one)};" for one in points).encode() or b"&amp;" + found[0][1:]


def _no_feed(body: bytes) -> str:
    begun = body[:1000].lstrip().lower()
    if not begun:
        return "The answer is empty."
    if begun.startswith((b"<!doctype html", b"<html")):
        return "The answer is HTML, not a feed; look up the address of the feed."
    return "The answer is no feed, or only half of one."


def _parser(*, recover: bool) -> etree.XMLParser:
    """Entities are left as they stand and nothing is loaded, so that bombs stay small."""
    return etree.XMLParser(
        recover=recover,
        resolve_entities=False,
        load_dtd=False,
        no_network=True,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )


def _rss_item(item: etree._Element) -> Item:
    told = Item(enclosures=[])
    summary = ""
    for one in item:
        tag = one.tag
        if not isinstance(tag, str):
            continue
        name = tag.rpartition("}")[2]
        if tag == _CONTENT:
            told.html = _text(one)
        elif name == "description":
            summary = summary or _text(one)
        elif name == "title":
            told.title = told.title or _text(one)
        elif name == "link":
            told.link = told.link or _text(one) or one.get("href", "")
        elif name in ("guid", "identifier"):
            told.id = told.id or _text(one)
        elif name == "pubDate" or tag == f"{_DUBLIN}date":
            told.created = told.created or _text(one)
        elif name == "author" or tag == f"{_DUBLIN}creator":
            told.author = told.author or _text(one)
        else:
            _more(told, one, name)
    told.html = told.html or summary
    return told


def _more(told: Item, one: etree._Element, name: str) -> None:
    if name == "enclosure":
        told.enclosures.append((one.get("type", ""), one.get("url", "")))
    elif one.tag == f"{_MEDIA}content":
        told.enclosures.append((one.get("type") or one.get("medium", ""), one.get("url", "")))
    elif name in ("rating", "score") and len(one) == 0:
        told.rating = told.rating or _text(one)
    elif name in ("updated", "modified"):
        told.updated = told.updated or _text(one)
    elif name == "language":
        told.lang = told.lang or _text(one)


def _atom_item(item: etree._Element) -> Item:
    told = Item(enclosures=[], lang=item.get(_LANG, ""))
    summary = ""
    for one in item:
        tag = one.tag
        if not isinstance(tag, str):
            continue
        name = tag.rpartition("}")[2]
        if name == "content":
            told.html, told.text = _atom_text(one, told.html, told.text)
        elif name == "summary":
            summary = summary or "".join(_atom_text(one, "", ""))
        elif name == "title":
            told.title = told.title or _text(one)
        elif name == "link":
            _atom_link(told, one)
        elif name == "id":
            told.id = told.id or _text(one)
        elif name in ("published", "issued"):
            told.created = told.created or _text(one)
        elif name == "author":
            told.author = told.author or _child(one, "name")
            told.author_url = told.author_url or _child(one, "uri")
        else:
            _more(told, one, name)
    if not told.html and not told.text:
        told.html = summary
    return told


def _atom_text(one: etree._Element, html: str, text: str) -> tuple[str, str]:
    """HTML and plain text of a content; the plain one is left where there is HTML, as in the
    feeds of application stores, which tell both."""
    kind = one.get("type", "text")
    if kind == "xhtml" and len(one):
        inner = etree.tostring(one[0], encoding="unicode", method="html", with_tail=False)
        return inner, text
    if kind in ("html", "text/html"):
        return _text(one), text
    return html, text or _text(one)


def _atom_link(told: Item, one: etree._Element) -> None:
    rel, href = one.get("rel", "alternate"), one.get("href", "")
    if rel == "alternate":
        told.link = told.link or href
    elif rel == "enclosure":
        told.enclosures.append((one.get("type", ""), href))


def _child(one: etree._Element, name: str) -> str:
    found = one.find(f"{{*}}{name}")
    return "" if found is None else _text(found)


def _text(one: etree._Element) -> str:
    """All text inside. Entities that a document names itself stay as they are written."""
    if len(one) == 0:
        return (one.text or "").strip()
    return "".join(str(piece) for piece in one.itertext()).strip()


def _every_s(about: etree._Element) -> int:
    ttl, period = _child(about, "ttl"), about.find(f"{_SYNDICATION}updatePeriod")
    if ttl.isdecimal() and len(ttl) < 7:
        return int(ttl) * 60
    if period is None:
        return 0
    times = about.find(f"{_SYNDICATION}updateFrequency")
    often = _text(times) if times is not None else "1"
    divided = int(often) if often.isdecimal() and len(often) < 5 else 1
    return _PERIODS.get(_text(period), 0) // max(1, divided)
