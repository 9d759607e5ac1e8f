"""A folder whose database is up to date, made once and copied."""

import shutil
from pathlib import Path

import pytest

from tests.support.migrated import migrated_home


@pytest.fixture
def home(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home that the command has run in before."""
    return shutil.copytree(migrated_home(tmp_path_factory), tmp_path / "var")
