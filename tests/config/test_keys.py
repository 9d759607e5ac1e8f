"""The keys in the home folder: made once, whole or not at all."""

import os
import threading
from pathlib import Path

import pytest

from amends.config.keys import kept_key
from amends.terms import BadInput


def test_key_is_made_once_and_kept(tmp_path: Path) -> None:
    home = tmp_path / "var"
    first, second = kept_key(home, "vault.key"), kept_key(home, "vault.key")
    assert first == second
    assert [path.name for path in home.iterdir()] == ["vault.key"]
    assert (home / "vault.key").stat().st_mode & 0o777 == 0o600


def test_all_who_make_a_key_at_once_get_the_same(tmp_path: Path) -> None:
    made: list[str] = []
    threads = [
        threading.Thread(target=lambda: made.append(kept_key(tmp_path, "k"))) for _ in range(12)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(made), len(set(made))) == (12, 1)


def test_folder_without_links_keeps_the_key_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(os, "link", no_links)
    assert kept_key(tmp_path, "k") == kept_key(tmp_path, "k")


def test_empty_key_is_never_used(tmp_path: Path) -> None:
    (tmp_path / "k").touch()
    with pytest.raises(BadInput, match="is empty"):
        kept_key(tmp_path, "k")
