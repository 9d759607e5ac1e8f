"""What tests of pages share."""

import logging

import pytest
from django.contrib.auth import middleware as auth_middleware
from django.template.backends.django import Template

# Each refusal would be written down, and kept for the report; no test reads that.
logging.getLogger("django.request").setLevel(logging.ERROR)


@pytest.fixture
def _undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the status alone is asked for: what the pages say is read by other tests."""
    monkeypatch.setattr(Template, "render", lambda *_, **__: "")


@pytest.fixture
def _known(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who asks is told by the client: sessions are read by the tests of the way in."""
    monkeypatch.setattr(auth_middleware, "get_user", lambda request: request.META["WHO"])
