"""What tests of pages share."""

import logging
from typing import Any

import pytest
from django.contrib.auth import middleware as auth_middleware
from django.template import Template
from django.template.backends.django import Template as Drawn
from django.test import client as django_client
from django.test import utils as django_utils
from django.test.signals import template_rendered

client: Any = django_client
utils: Any = django_utils
_store = client.store_rendered_templates


def _store_the_first(store: dict[str, Any], signal: Any, *args: Any, **known: Any) -> None:
    """Of what a page is drawn with, not one that was drawn before, nor a part alone."""
    if "context" not in store and not str(known["template"].name).startswith("parts/"):
        _store(store, signal, *args, **known)


def _draw(template: Template, context: Any) -> Any:
    """As Django's own, which tells of each of a page's hundred parts too."""
    if context.template is template:
        template_rendered.send(sender=template, template=template, context=context)
    return template.nodelist.render(context)


client.store_rendered_templates = _store_the_first
utils.instrumented_test_render = _draw


@pytest.fixture(autouse=True)
def _refusals_are_not_logged() -> None:
    """Each would be kept for the report, and no test reads that. Whoever loads the application
    has logging begin anew."""
    logging.getLogger("django.request").setLevel(logging.ERROR)


@pytest.fixture
def _undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the status alone is asked for: what the pages say is read by other tests."""
    monkeypatch.setattr(Drawn, "render", lambda *_, **__: "")


@pytest.fixture
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks is told by the client: sessions are read by the tests of the way in."""
    monkeypatch.setattr(auth_middleware, "get_user", lambda request: request.META["WHO"])
