"""Tests in several processes (``--processes``): nothing that happens to a test is kept back."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FILES = {
    "test_words": """
        import pytest

        def test_passes(tmp_path):
            assert tmp_path.is_dir()

        def test_fails():
            print("what it printed")
            assert {"a": 1} == {"a": 2}

        @pytest.mark.skip(reason="nothing to do")
        def test_is_skipped():
            pass

        @pytest.fixture
        def broken():
            yield
            raise ValueError("the end was bad")

        def test_ends_badly(broken):
            pass
        """,
    "test_death": """
        import os

        def test_before():
            pass

        def test_dies():
            os.kill(os.getpid(), 9)

        def test_after():
            pass
        """,
    "test_litter": """
        import gc

        def test_leaves_a_file_open():
            gc.disable()  # until the process ends
            litter = [open("/dev/null")]
            litter.append(litter)
        """,
}
OUTCOME = [
    "1 failed, 4 passed, 1 skipped, 4 errors",
    "ERROR test_death.py::test_after - Not run: process N ended by SIGKILL before.",
    "ERROR test_death.py::test_dies - Process N, which ran it, ended by SIGKILL.",
    "ERROR test_words.py::test_ends_badly - Traceback (most recent call last):",
    "ERROR test_words.py::test_ends_badly - ValueError: the end was bad",
    "FAILED test_words.py::test_fails - AssertionError: assert {'a': 1} == {'a': 2}",
    "SKIPPED [1] test_words.py:11: nothing to do",
]


def run(folder: Path, *options: str) -> str:
    for name, text in FILES.items():
        (folder / f"{name}.py").write_text(
            "\n".join(line.removeprefix(" " * 8) for line in text.splitlines())
        )
    (folder / "pytest.ini").write_text("[pytest]\nfilterwarnings = error\n")
    command = [sys.executable, "-m", "pytest", "-p", "tests.support.forked", *options]
    command.append(f"--basetemp={folder / 'made'}")
    env = os.environ | {
        "PYTHONPATH": str(ROOT),
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "COLUMNS": "200",
    }
    for name in ("CI", "BUILD_NUMBER", "PYTEST_ADDOPTS"):  # they change what pytest prints
        env.pop(name, None)
    said = subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)
    return re.sub(r"(?<=rocess )\d", "N", said.stdout)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> str:
    return run(tmp_path_factory.mktemp("tests"), "-q", "-ra", "--processes", "2")


def test_each_outcome_is_told_with_its_reason(said: str) -> None:
    _, _, summary = said.partition("short test summary info")
    *lines, counts = summary.splitlines()[1:]
    assert sorted([*lines, counts.partition(" in ")[0]]) == OUTCOME


def test_failure_shows_where_and_what_was_printed(said: str) -> None:
    _, _, failure = said.partition("FAILURES")
    assert '>       assert {"a": 1} == {"a": 2}' in failure
    assert "Captured stdout call" in failure
    assert "what it printed" in failure


def test_what_a_process_leaves_lying_about_is_an_error(said: str) -> None:
    assert "PytestUnraisableExceptionWarning: Exception ignored in: <_io.FileIO" in said


def test_first_failure_ends_the_others_too(tmp_path: Path) -> None:
    waiting = "import time\n\ndef test_waits():\n    time.sleep(60)\n"
    (tmp_path / "test_waiting.py").write_text(waiting)
    assert "stopping after" in run(tmp_path, "-x", "--processes", "3")
