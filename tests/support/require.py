"""What a test needs and a machine may lack: skipped with one line, unless it is required."""

import os

import pytest


def need(part: str, missing: str | None) -> None:
    """Go on where ``missing`` is None, else skip with that sentence.

    ``part`` (browser, postgres, atproto, mail, nats, shared, encoder) fails the test instead where the
    environment's ``AMENDS_REQUIRE``, a list with commas, names it.
    """
    if missing is None:
        return
    required = {name.strip() for name in os.environ.get("AMENDS_REQUIRE", "").split(",")}
    if part in required:
        pytest.fail(f"AMENDS_REQUIRE names {part}: {missing}", pytrace=False)
    pytest.skip(missing)
