"""No way in, no password and nothing that people wrote stands in the log."""

import logging

import pytest

from amends.config.logs import Discreet


def logged(message: str, *args: object, error: Exception | None = None) -> str:
    info = (type(error), error, None) if error else None
    record = logging.LogRecord("n", logging.ERROR, "p", 1, message, args, info)
    return Discreet("%(message)s").format(record)


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Forbidden: /enter/s3cret-token/", "Forbidden: /enter/(hidden)/"),
        ("GET 'http://desk.example/enter/s3cret'", "GET 'http://desk.example/enter/(hidden)'"),
        (f"Gone: /h/s3cret{'x' * 28}/", "Gone: /h/(hidden)/"),
        (f"GET /h/s3cret{'x' * 28}/back/s3cret/", "GET /h/(hidden)/"),
        ("authorization: Bearer s3cret.s3cret", "authorization: Bearer (hidden)"),
        ("postgresql://desk:s3cret@db/desk", "postgresql://desk:(hidden)@db/desk"),
        ("bad\nDETAIL:  Failing row contains (s3cret\ns3cret).", "bad\nDETAIL: (hidden)"),
        ("Listening to @halcyonair on demo", "Listening to @halcyonair on demo"),
    ],
)
def test_secret_is_hidden(said: str, kept: str) -> None:
    assert logged("%s", said) == kept
    assert "s3cret" not in logged("It broke", error=ValueError(said))
