"""The reader that pages and hooks read with, by the settings."""

from django.test import override_settings

from amends.desk.actions.own_reader import own_reader


def test_depth_of_the_settings_holds_for_what_pages_and_hooks_read() -> None:
    depths = []
    for depth in ("none", "all"):
        with override_settings(AMENDS_READER_DEPTH=depth):
            depths.append(own_reader().tiers.depth)
    assert depths == ["none", "all"]
