"""Templates are drawn as Django's own nodes draw them, to the letter."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from django.middleware.csrf import get_token
from django.template import Engine, RequestContext
from django.template.context_processors import csrf
from django.test import RequestFactory
from django.urls import NoReverseMatch, get_script_prefix, set_script_prefix
from django.utils import translation
from django.utils.functional import lazystr
from django.utils.safestring import mark_safe

from amends.web import drawing

HOSTILE = "<b>\"O'Neil\" & 'co'</b>"
PARTS = {
    "part": "{{ said }}{% cycle 'a' 'b' %}{% with said='inner' %}{{ said }}{% endwith %}{{ given }}",
    "address": "{% url 'case' 'T1' as held %}[{{ held }}]",
    "again": "{{ number }}{% if number < 3 %}{% include 'again' with number=number|add:1 %}{% endif %}",
    "base": "<{% block main %}{% include 'part' %}{% endblock %}>",
}
FACTS: dict[str, Any] = {
    "values": [
        None, "", "two\nlines", HOSTILE, mark_safe(HOSTILE), lazystr("<late>"), 0, 1234567, -3, 2.5, True, ["<a>"],
        datetime(2026, 3, 2, 12, 0, tzinfo=UTC),
    ],
    "said": HOSTILE, "which": "part", "ref": "O'Neil & <co>", "safe": mark_safe("T&2"), "number": 1,
}  # fmt: skip
TEMPLATES = (
    "{% for one in values %}[{{ one }}]{% endfor %}{{ missing }}{{ said.missing }}",
    "{% for one in values %}[{{ one|default:'none' }}{{ one|safe }}]{% endfor %}{{ said|upper }}",
    "{% autoescape off %}{% for one in values %}{{ one }}{% endfor %}{% endautoescape %}",
    "{% load l10n tz %}{% localize off %}{% timezone 'Asia/Tokyo' %}{% for one in values %}{{ one }}{% endfor %}{% endtimezone %}{% endlocalize %}",
    "{% include 'part' %}{% include 'part' with given=said number=2 %}{{ number }}{{ given }}",
    "{% include 'part' with given=1 only %}{% include which %}{% include 'pa'|add:'rt' %}",
    "{% for one in values %}{% include 'part' %}{% endfor %}{% cycle 'x' 'y' %}",
    "{% include 'address' %}{{ held }}{% include 'again' %}",
    "{% extends 'base' %}{% block main %}{{ block.super }}{{ said }}{% endblock %}",
    "{% url 'case' ref %}{% url 'case' safe %}{% url 'case' ref=ref %}{% url 'inbox' %}{% url 'inbox' %}",
    "{% url 'person' 1 %}{% url 'person' '1' %}{% url 'person' number %}{% url 'none' as it %}[{{ it }}]",
    "{% autoescape off %}{% url 'case' safe %}{% endautoescape %}{% url 'case' safe %}",
    "{% csrf_token %}{% include 'part' %}{% csrf_token %}",
)


def _drawn(source: str, *, ours: bool, token: bool = True) -> str:
    plain = ("django.template.loaders.locmem.Loader", {"page": source, **PARTS})
    loader = "amends.web.drawing.Loader" if ours else "django.template.loaders.cached.Loader"
    builtins = ["amends.web.drawing"] if ours else []
    libraries = {name: f"django.templatetags.{name}" for name in ("l10n", "tz")}
    engine = Engine(
        loaders=[(loader, [plain])],
        builtins=builtins,
        libraries=libraries,
    )
    request = RequestFactory().get("/")
    processors = [csrf] if token else []
    page = engine.get_template("page")
    drawn = [page.render(RequestContext(request, dict(FACTS), processors)) for _ in range(2)]
    assert get_token(request)
    hidden = [re.sub(r'value="\w{64}"', "", one) for one in drawn]
    assert hidden[0] == hidden[1]
    return hidden[0]


@pytest.mark.parametrize("language", ["en", "de"])
def test_templates_are_drawn_as_django_draws_them(language: str) -> None:
    with translation.override(language):
        for source in TEMPLATES:
            for token in (True, False):
                assert _drawn(source, ours=True, token=token) == _drawn(
                    source, ours=False, token=token
                ), source


def test_our_own_nodes_draw() -> None:
    loader = ("amends.web.drawing.Loader", [("django.template.loaders.locmem.Loader", PARTS)])
    engine = Engine(loaders=[loader], builtins=["amends.web.drawing"])
    page = engine.from_string("{% include 'part' %}{% url 'inbox' %}{% csrf_token %}")
    kinds = [
        type(node).__module__ for node in (*page.nodelist, *engine.get_template("part").nodelist)
    ]
    assert kinds.count(drawing.__name__) == 5


@pytest.fixture
def _elsewhere() -> Iterator[None]:
    before = get_script_prefix()
    set_script_prefix("/desk/")
    yield
    set_script_prefix(before)


def test_address_that_is_not_there_is_an_error() -> None:
    for ours in (True, False):
        with pytest.raises(NoReverseMatch):
            _drawn("{% url 'person' True %}", ours=ours)


@pytest.mark.usefixtures("_elsewhere")
def test_addresses_begin_where_the_desk_is() -> None:
    assert _drawn("{% url 'inbox' %}", ours=True) == "/desk/inbox/"


def test_forms_of_one_page_hold_one_token_and_pages_their_own() -> None:
    engine = Engine(builtins=["amends.web.drawing"])
    page, request = (
        engine.from_string("{% csrf_token %}{% csrf_token %}"),
        RequestFactory().get("/"),
    )
    first, second = (
        re.findall(r'value="(\w{64})"', page.render(RequestContext(request, {}, [csrf])))
        for _ in range(2)
    )
    assert [len(first), len(second), len({*first}), len({*second})] == [2, 2, 1, 1]
    assert first != second
