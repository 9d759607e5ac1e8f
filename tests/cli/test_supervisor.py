"""The two halves of the desk live and end with it, and it tells no secrets."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import httpx
import pytest

from amends.cli.supervisor import Supervisor
from amends.outbound.transports import trust
from tests.support.desk import Desk, running_desk
from tests.support.processes import wait_until

PASSWORD = "pl4nted-pass-phrase"


@pytest.fixture
def desk(home: Path) -> Iterator[Desk]:
    with running_desk(home, forked=True, log_level="DEBUG", reader_depth="none") as running:
        yield running


def halves(desk: Desk) -> dict[str, int]:
    """The processes of the pages and the worker, by name."""
    said = Path(f"/proc/{desk.process.pid}/task/{desk.process.pid}/children").read_text()
    names = {int(pid): Path(f"/proc/{pid}/comm").read_text().strip() for pid in said.split()}
    return {name: pid for pid, name in names.items() if name in ("web", "work")}


def ended(pid: int) -> bool:
    """Gone, or dead and waiting for whoever adopted it."""
    try:
        return ") Z " in Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return True


def new(desk: Desk, before: dict[str, int]) -> bool:
    now = halves(desk)
    return set(now) == set(before) and not set(now.values()) & set(before.values())


@pytest.fixture
def handlers_kept() -> Iterator[None]:
    before = [(name, signal.getsignal(name)) for name in (signal.SIGINT, signal.SIGTERM)]
    yield
    for name, handler in before:
        signal.signal(name, handler)


@pytest.mark.usefixtures("handlers_kept")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_supervisor_that_is_asked_to_end_ends_both_halves_and_leaves_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: signal.Signals
) -> None:
    half = tmp_path / "half"
    half.write_text("#!/bin/sh\nexec sleep 60\n")
    half.chmod(0o700)
    monkeypatch.setattr(sys, "executable", str(half))
    with socket.create_server(("127.0.0.1", 0)) as door:
        supervisor = Supervisor(door, tick=lambda _: os.kill(os.getpid(), how))
        supervisor.start()
        processes = [child.process for child in supervisor.children if child.process]
        assert [process.poll() for process in processes] == [None, None]
        assert supervisor.watch() == 0
    assert [process.poll() for process in processes] == [-signal.SIGTERM] * 2
    for process in processes:
        assert process.stdin is not None
        process.stdin.close()


def test_half_that_does_not_heed_the_end_is_ended() -> None:
    deaf = (
        "import signal, time; from amends.cli import run; run.GRACE_S = 0.1;"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN); run._end_with_parent(); time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", deaf], stdin=subprocess.PIPE)
    assert process.stdin is not None
    process.stdin.close()
    assert process.wait(20) == 1


def test_halves_live_and_end_with_the_supervisor_and_the_log_tells_no_secrets(
    desk: Desk, home: Path
) -> None:
    """One desk, at its most talkative: it refuses things of every kind, its halves are killed and
    started again, and end when it is killed itself; its log holds no way in, no password and nothing
    people wrote."""
    token = desk.link.rstrip("/").rpartition("/")[2]
    refuse_and_sign_in(desk)
    wait_until(lambda: len(_texts(home)) > 2, seconds=30, what="the first posts")
    before = halves(desk)
    assert set(before) == {"web", "work"}
    for pid in before.values():
        os.kill(pid, signal.SIGKILL)
    wait_until(lambda: new(desk, before), seconds=15, what="their next life")
    assert httpx.get(f"{desk.address}/healthz", timeout=15, verify=trust()).text == "ok"
    after = halves(desk)
    desk.process.kill()
    wait_until(lambda: all(map(ended, after.values())), seconds=15, what="their end")
    log = "".join(line for line in desk.said if "once and within a day" not in line)
    vault = (home / "vault.key").read_text()
    secrets = [token, PASSWORD, vault, (home / "secret.key").read_text(), *_texts(home)]
    assert "/enter/(hidden)/" in log
    assert [secret for secret in secrets if secret in log] == []


def refuse_and_sign_in(desk: Desk) -> None:
    """Each wrong way in, then the right one, then that one again."""
    with httpx.Client(base_url=desk.address, follow_redirects=True, verify=trust()) as client:
        client.post(desk.link, data={"csrfmiddlewaretoken": "x"})
        page = client.get(desk.link).text
        found = re.search(r'csrfmiddlewaretoken" value="(\w+)"', page)
        assert found is not None
        sent = {"csrfmiddlewaretoken": found[1]}
        client.get(f"{desk.link}more/")
        client.post("/sign-in/", data={**sent, "email": "a@b.example", "password": PASSWORD})
        assert client.post(desk.link, data=sent).status_code == 200
        client.post(desk.link, data=sent)


def _texts(home: Path) -> list[str]:
    with closing(sqlite3.connect(home / "desk.sqlite3")) as db:
        return [text for (text,) in db.execute("select text from desk_postrow where text <> ''")]
