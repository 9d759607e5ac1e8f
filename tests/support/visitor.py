"""A visitor without JavaScript: follows links, fills in forms, reads what the page says."""

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Self
from urllib.parse import urljoin

import httpx

from amends.outbound.transports import trust

_VOID = frozenset({"br", "hr", "img", "input", "link", "meta", "use", "wbr"})
_UNSEEN = frozenset({"script", "style", "template", "title"})


@dataclass
class Form:
    """A form as it stands: where it goes and what it would send."""

    action: str
    method: str
    fields: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.words: list[str] = []
        self._form: Form | None = None
        self._by_id: dict[str, Form] = {}
        self._area = self._select = ""
        self._options: list[tuple[str, bool]] = []
        self._unseen = 0
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._unseen += tag in _UNSEEN
        if tag == "form":
            self._form = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._form)
            if "id" in given:
                self._by_id[given["id"]] = self._form
        form = self._by_id.get(given.get("form", ""), self._form)
        if form is None or not given.get("name") or "disabled" in given:
            return
        if tag == "input":
            self._input(form, given)
        elif tag == "button":
            form.buttons.append((given["name"], given.get("value", "")))
        elif tag == "textarea":
            self._area = given["name"]
            form.fields[self._area] = [""]
        elif tag == "select":
            self._select, self._options = given["name"], []

    def _input(self, form: Form, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind == "submit":
            form.buttons.append((given["name"], given.get("value", "")))
        elif kind not in {"checkbox", "radio"} or "checked" in given:
            value = given.get("value", "on" if kind in {"checkbox", "radio"} else "")
            form.fields.setdefault(given["name"], []).append(value)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN and self._unseen:
            self._unseen -= 1
        if tag == "form":
            self._form = None
        if tag == "textarea":
            self._area = ""
        if tag == "select" and self._select and self._form:
            chosen = [value for value, is_chosen in self._options if is_chosen]
            chosen = chosen or [value for value, _ in self._options[:1]]
            self._form.fields[self._select] = chosen
            self._select = ""

    def handle_data(self, data: str) -> None:
        if self._area and self._form:
            self._form.fields[self._area][0] += data
        elif not self._unseen:
            self.words.append(data)

    def option(self, attrs: dict[str, str]) -> None:
        self._options.append((attrs.get("value", ""), "selected" in attrs))


class _PageWithOptions(_Page):
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "option":
            self.option({name: value or "" for name, value in attrs})
            return
        super().handle_starttag(tag, attrs)


class Visitor:
    """One person's browser. ``text`` is what the page says, blanks folded."""

    def __init__(self, address: str) -> None:
        # A context of its own would read every certificate of the system anew.
        self._client = httpx.Client(base_url=address, trust_env=False, timeout=20, verify=trust())
        self.url, self.html = "", ""
        self.status = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    @property
    def page(self) -> _Page:
        return _PageWithOptions(self.html)

    @property
    def text(self) -> str:
        return " ".join("".join(self.page.words).split())

    def visit(self, url: str) -> Self:
        return self._show(self._client.get(url, follow_redirects=True))

    def submit(self, action: str, **fields: str) -> Self:
        """Send the first form whose address ends with ``action`` and that has these fields."""
        form = self._form(action, fields)
        sent: dict[str, str | list[str]] = {**form.fields, **fields}
        target = urljoin(self.url, form.action or self.url)
        if form.method == "post":
            headers = {"origin": str(self._client.base_url).rstrip("/"), "referer": self.url}
            answer = self._client.post(target, data=sent, headers=headers, follow_redirects=True)
        else:
            answer = self._client.get(target, params=sent, follow_redirects=True)
        return self._show(answer)

    def _form(self, action: str, fields: dict[str, str]) -> Form:
        here = self.url.split("?")[0]
        for form in self.page.forms:
            target = urljoin(self.url, form.action or here).split("?")[0]
            known = set(form.fields) | {name for name, _ in form.buttons}
            optional = {"closes_out", "sign", "may_approve", "mode"}
            if target.endswith(action) and set(fields) <= known | optional:
                return form
        have = [(form.action, sorted(form.fields)) for form in self.page.forms]
        message = f"No form for {action} with {sorted(fields)} at {self.url}: {have}"
        raise AssertionError(message)

    def _show(self, answer: httpx.Response) -> Self:
        self.status, self.url, self.html = answer.status_code, str(answer.url), answer.text
        return self
