"""What each test process would come to load, loaded once before they are forked.

Nothing here starts a thread, which would not be in a fork, or opens a connection.
"""

import importlib
from pathlib import Path
from typing import Final

import hypothesis
from hypothesis import strategies as st

import amends.web

# Imported late, by whoever needs them, for half a second and more.
LATE: Final = (
    "asyncpraw", "atproto_client", "icalendar", "openapi_core", "phonenumbers",
    "reportlab.platypus", "sklearn.linear_model",
)  # fmt: skip


def load_for_all() -> None:
    """Addresses, templates, connectors, what characters become, what the guard and the reader look for,
    languages, and what Hypothesis draws from."""
    from django.template import loader
    from django.urls import get_resolver

    from amends.connectors.registry import connector_class, networks
    from amends.guard.phrases import load_phrases
    from amends.matching.engine.shapes import shapes
    from amends.outbound.transports import trust
    from amends.text.language import language_detector
    from amends.understanding.abuse import abusive
    from amends.understanding.readings import Understanding
    from amends.understanding.targets import Watched
    from tests.support.readers import fast_reader

    for late in LATE:
        importlib.import_module(late)
    assert get_resolver().reverse_dict
    templates = Path(amends.web.__file__).parent / "templates"
    for path in templates.rglob("*.html"):
        loader.get_template(str(path.relative_to(templates)))
    for network in networks():
        connector_class(network)
    load_phrases()
    shapes()
    trust()
    said = "You lost my bag and nobody answers, terrible service."
    language_detector()(said)
    abusive([said], ["en"])
    Understanding(fast_reader()).read([said], ["en"], Watched({"1": ("brindlewing",)}))
    _draw()


@hypothesis.settings(max_examples=25, database=None, deadline=None)
@hypothesis.given(st.text(max_size=200))
def _draw(text: str) -> None:
    """Whoever draws reads which characters there are, and what stands in the modules that are loaded."""
