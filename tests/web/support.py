"""Being somebody in front of the pages, and reading what they say."""

import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.core.handlers.base import BaseHandler
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client, RequestFactory
from django.test.client import ClientHandler
from lxml import etree

from amends.desk.actions.bulk import insert_values
from amends.desk.models import Case, Responder
from amends.web.sessions import SessionStore
from tests import people

HTMX = {"HX-Request": "true"}
_SWITCHES = frozenset({"checked", "defer", "disabled", "multiple", "readonly", "selected"})
_PARSER = etree.HTMLParser(remove_comments=True)


@cache
def _of_all_clients() -> ClientHandler:
    """What answers: the middleware is loaded once, not for each client."""
    return ClientHandler(enforce_csrf_checks=False)


def signed_in(person: Responder) -> Client:
    """As after signing in, with the one row that leaves; ``test_door`` signs in."""
    known = {
        SESSION_KEY: str(person.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: person.get_session_auth_hash(),
    }
    store = SessionStore()
    key = secrets.token_hex(16)
    row = (key, store.encode(known), store.get_expiry_date())
    insert_values(Session, ("session_key", "session_data", "expire_date"), [row])
    client = Client()
    client.handler = _of_all_clients()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


@cache
def _handler() -> BaseHandler:
    made = BaseHandler()
    made.load_middleware()
    return made


class Asking:
    """Asks thousands of times as a browser does, and gets the answer alone: Django's own client
    gathers what was drawn, and for whom, around each. ``known`` stands in each request's ``META``."""

    def __init__(self, **known: Any) -> None:
        self._requests = RequestFactory(**known)

    def get(self, url: str, headers: Mapping[str, str] | None = None) -> HttpResponseBase:
        return self._answer(self._requests.get(url, headers=headers))

    def post(
        self,
        url: str,
        sent: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpResponseBase:
        form = "application/x-www-form-urlencoded"
        asked = self._requests.post(url, urlencode(sent or {}), form, headers=headers)
        return self._answer(asked)

    def _answer(self, request: Any) -> HttpResponseBase:
        request._dont_enforce_csrf_checks = True
        answer = _handler().get_response(request)
        assert answer.status_code != 500, request.path
        return answer


@contextmanager
def undone() -> Iterator[None]:
    """Whatever is done inside is as if it had not been."""
    mark = transaction.savepoint()
    try:
        yield
    finally:
        transaction.savepoint_rollback(mark)
        transaction.savepoint_commit(mark)


def fragment(client: Client, url: str) -> str:
    return str(client.get(url, headers=HTMX).content.decode())


def write(client: Client, case: Case, mode: str, text: str, **more: str) -> Any:
    """Send the composer's form as a browser without JavaScript does."""
    data = {"mode": mode, f"text_{mode}": text, **more}
    return client.post(f"/cases/{case.ref}/write/", data)


class Page:
    """The elements of a page: ``tags`` with their attributes ("" without a value), and the text
    between them."""

    def __init__(self, source: str) -> None:
        self._root = etree.fromstring(source, _PARSER) if source.strip() else None
        made = {"html", "body"} if "<html" not in source else set()  # by the parser, around a part
        all_ = self._root.iter("*") if self._root is not None else ()
        self._elements = [one for one in all_ if one.tag not in made]

    @cached_property
    def tags(self) -> list[tuple[str, dict[str, str]]]:
        return [(str(one.tag), _attributes(one)) for one in self._elements]

    @cached_property
    def _spoken(self) -> list[str]:
        return list(self._root.itertext()) if self._root is not None else []

    @property
    def text(self) -> str:
        return "".join(self._spoken)

    @cached_property
    def words(self) -> str:
        return " ".join(word for one in self._spoken for word in one.split())

    def hooks(self, name: str) -> list[dict[str, str]]:
        """The elements whose ``data-test`` is ``name``."""
        return [_attributes(one) for one in self._elements if one.get("data-test") == name]


def _attributes(element: Any) -> dict[str, str]:
    found = dict(element.attrib)
    for name in _SWITCHES & found.keys():
        found[name] = ""  # to the parser they say their own names
    return found


def case_page(case: Case, person: str = "mina") -> str:
    client = signed_in(getattr(people, person)())
    return str(client.get(f"/cases/{case.ref}/").content.decode())


def case_part(case: Case, person: str = "mina") -> str:
    """The case alone, without the list beside it."""
    return fragment(signed_in(getattr(people, person)()), f"/cases/{case.ref}/")
