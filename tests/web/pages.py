"""Looking at pages as a browser would."""

import re
from collections.abc import Callable
from html.parser import HTMLParser
from typing import Any

from django.test import Client

from amends.desk.models import Responder
from tests.web import support

HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(1)>\u202egnp.exe\u202c\"'>"


def signed_in(who: Callable[[], Responder]) -> Client:
    return support.signed_in(who())


class _Unsafe(HTMLParser):
    """Collects what the content policy forbids, and what nobody may see."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = {name: value or "" for name, value in attrs}
        if (tag == "script" and "src" not in names) or tag == "style":
            self.found.append(f"inline {tag}")
        if tag == "img" and not names.get("src", "").startswith("/static/"):
            self.found.append("foreign img")
        self.found += [f"{tag} {n}" for n in names if n.startswith("on") or n == "style"]
        for name in ("href", "src", "action", "formaction"):
            if re.match(r"\s*(javascript|data|vbscript):", names.get(name, ""), re.IGNORECASE):
                self.found.append(f"{tag} {name} {names[name][:20]}")

    def handle_data(self, data: str) -> None:
        if re.search("[\u202a-\u202e\u2066-\u2069\u200b]", data):
            self.found.append("hidden character")


def unsafe_parts(response: Any) -> list[str]:
    """Inline scripts, styles and handlers, foreign pictures, and invisible characters."""
    parser = _Unsafe()
    parser.feed(response.content.decode())
    return parser.found


def steps_done(response: Any) -> list[str]:
    """The names of the checklist's steps that are shown as done."""
    found = re.findall(r'class="step done" data-test="step-(\w+)"', response.content.decode())
    return [str(name) for name in found]
