"""What tests of pages share."""

import pytest
from django.template.backends.django import Template


@pytest.fixture
def _undrawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the status alone is asked for: what the pages say is read by other tests."""
    monkeypatch.setattr(Template, "render", lambda *_, **__: "")
