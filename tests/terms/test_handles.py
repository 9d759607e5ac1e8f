"""How a handle is written for people."""

import pytest

from amends.terms import written_handle


@pytest.mark.parametrize(
    ("handle", "network", "written"),
    [
        ("maud", "bluesky", "@maud"),
        ("maud@far.example", "mastodon", "@maud@far.example"),
        ("maud@far.example", "mail", "maud@far.example"),
        ("maud@far.example", "handoff", "maud@far.example"),
        ("Maud Keller", "webhook", "Maud Keller"),
        ("maudling", "appstore", "maudling"),
        ("maud.keller", "phone", "maud.keller"),
        ("", "bluesky", ""),
    ],
)
def test_at_sign_stands_before_handles_only(handle: str, network: str, written: str) -> None:
    assert written_handle(handle, network) == written
