"""Start-up: where it cannot start, one sentence says what to do."""

import os
import socket
import sqlite3
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

import pytest

from amends.cli import main
from tests.support.commands import amends


def refusal(done: "subprocess.CompletedProcess[str]") -> str:
    """What was said, having checked that it is one line, no traceback, and a failure."""
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1), done.stderr
    return done.stderr.strip()


class Run(Protocol):
    def __call__(self, home: Path | str, *words: str, **settings: str) -> str: ...


@pytest.fixture
def refused(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[Run]:
    """What ``amends run``, or another command, says where it refuses before it opens the database:
    in this process."""

    def run(home: Path | str, *words: str, **settings: str) -> str:
        given = {"home": str(home)} | settings
        for name, value in given.items():
            monkeypatch.setenv(f"AMENDS_{name.upper()}", value)
        monkeypatch.setattr("sys.argv", ["amends", *(words or ["run"])])
        with pytest.raises(SystemExit) as ended:
            main()
        said = capsys.readouterr()
        return refusal(subprocess.CompletedProcess([], int(str(ended.value)), said.out, said.err))

    mask = os.umask(0o022)
    yield run
    os.umask(mask)


def test_without_write_access(tmp_path: Path, refused: Run) -> None:
    (tmp_path / "file").write_text("in the way")
    said = refused(tmp_path / "file" / "var")
    assert said.startswith(f"The folder {tmp_path}/file/var cannot be written (Not a directory).")
    assert said.endswith("or name another folder in AMENDS_HOME.")


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can hand a folder to somebody else")
def test_folder_of_somebody_else(tmp_path: Path) -> None:
    """The check itself, as a user who may not write."""
    from amends.cli.start import check_home
    from amends.terms import BadInput

    tmp_path.chmod(0o755)
    child = os.fork()
    if child == 0:
        os.setuid(65534)
        try:
            check_home(tmp_path)
        except BadInput as error:
            os._exit(42 if "cannot be written (Permission denied)" in str(error) else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 42


def test_port_taken(tmp_path: Path, refused: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        said = refused(tmp_path, port=port)
    assert said == (
        f"Port {port} on 127.0.0.1 cannot be used (Address already in use)."
        " Stop what holds it, or choose another with AMENDS_PORT."
    )


def test_database_of_a_newer_version(home: Path) -> None:
    with sqlite3.connect(home / "desk.sqlite3") as db:
        db.execute(
            "insert into django_migrations (app, name, applied)"
            " values ('desk', '9999_from_the_future', '2030-01-01')"
        )
    db.close()
    before = (home / "desk.sqlite3").read_bytes()
    said = refusal(amends("run", home=home, port=_free_port()))
    assert "made by a newer version of Amends (9999_from_the_future)" in said
    assert (home / "desk.sqlite3").read_bytes() == before


def test_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "desk.sqlite3").write_text("This is a shopping list, not a database." * 50)
    said = refusal(amends("migrate", home=tmp_path))
    assert "cannot be opened (file is not a database)" in said


def test_postgres_out_of_reach(tmp_path: Path) -> None:
    url = f"postgresql://nobody@127.0.0.1:{_free_port()}/none"
    said = refusal(amends("migrate", home=tmp_path, database_url=url))
    assert said.startswith("PostgreSQL cannot be reached (")
    assert said.endswith("Start it, or correct AMENDS_DATABASE_URL.")


def test_wrong_setting(tmp_path: Path, refused: Run) -> None:
    assert refused(tmp_path, port="http") == "AMENDS_PORT is 'http'. Write a whole number."


@pytest.mark.parametrize(
    ("name", "value", "begins"),
    [
        ("database_url", "postgresql://me:hush@db:none/desk", "AMENDS_DATABASE_URL is no address."),
        ("url", "https://", "https: is no address people can reach."),
        ("url", "http://desk:none", "http://desk:none is no address people can reach."),
        ("email", "mina", "AMENDS_EMAIL is 'mina'."),
    ],
)
def test_setting_that_cannot_be_right(
    tmp_path: Path, refused: Run, name: str, value: str, begins: str
) -> None:
    said = refused(tmp_path, **{name: value})
    assert said.startswith(begins)
    assert "hush" not in said


def test_address_that_is_not_ours(tmp_path: Path, refused: Run) -> None:
    said = refused(tmp_path, host="203.0.113.9", port="8000")
    assert said == (
        "Port 8000 on 203.0.113.9 cannot be used (Cannot assign requested address)."
        " Correct AMENDS_HOST, or leave it out."
    )


def test_empty_home_is_not_the_folder_we_stand_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, refused: Run
) -> None:
    monkeypatch.chdir(tmp_path)
    said = refused("", "migrate")
    assert said == "AMENDS_HOME is empty. Name a folder, or leave it out for var."
    assert list(tmp_path.iterdir()) == []


def test_second_desk_in_one_folder(tmp_path: Path, refused: Run) -> None:
    from amends.cli.start import take_lock

    with take_lock(tmp_path):
        said = refused(tmp_path, port=_free_port())
    assert f"Amends is running in {tmp_path} already (process {os.getpid()})." in said


def _free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def test_unknown_person_gets_no_link(home: Path) -> None:
    said = refusal(amends("sign-in", "nobody@desk.example", home=home))
    assert said == "Nobody here has the address nobody@desk.example. There are: no people yet."


def test_file_that_is_not_there(tmp_path: Path, refused: Run) -> None:
    said = refused(tmp_path, "import", str(tmp_path / "none.csv"))
    assert said == f"There is no file {tmp_path / 'none.csv'}."


def test_what_the_desk_keeps_is_for_its_user_alone(home: Path) -> None:
    """A copy, with the modes of what the command has made."""
    modes = {path.name: oct(path.stat().st_mode & 0o777) for path in (home, *home.iterdir())}
    assert modes == {
        "var": "0o700",
        **dict.fromkeys(("desk.sqlite3", "secret.key", "vault.key"), "0o600"),
    }


@pytest.mark.parametrize("name", ["secret.key", "vault.key"])
def test_empty_key_is_refused(tmp_path: Path, name: str) -> None:
    """The machine may have lost power while an earlier version wrote it."""
    (tmp_path / name).touch()
    said = refusal(amends("migrate", home=tmp_path))
    assert said.startswith(f"The file {tmp_path}/{name} is empty. Put back a copy of it;")
