"""A folder whose database is up to date, made once and copied."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.desk import unset


@pytest.fixture(scope="session")
def _migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("migrated") / "var"
    command = [sys.executable, "-m", "amends", "migrate"]
    subprocess.run(
        command, env=unset() | {"AMENDS_HOME": str(made)}, check=True, capture_output=True
    )
    return made


@pytest.fixture
def home(_migrated: Path, tmp_path: Path) -> Path:
    """A home that the command has run in before."""
    return shutil.copytree(_migrated, tmp_path / "var")
