"""``amends`` in a fork of this process, for tests of what a command does, not of how it loads.

A process of its own in all that can be seen from outside: its exit status, what it reads and writes,
its settings, its database, its signals. What is slow to load is loaded before. A SQLite file that is
open here is no file for it: SQLite keeps by the file what it holds, and a fork would believe it.
"""

import gc
import logging
import os
import signal
import subprocess
import sys
import threading
import traceback
import warnings
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NoReturn, TextIO

from pytest_django import DjangoDbBlocker

from tests.support.desk import environment

_kept: list[object] = []  # connections of the process before, whose files are not ours to close


def amends(
    *words: object, home: Path, said: str | None = None, **settings: str
) -> "subprocess.CompletedProcess[str]":
    """What a command comes to that is told ``said`` on standard input."""
    pipe = subprocess.PIPE
    process = started(
        [*map(str, words)],
        environment(home, **settings),
        stdin=subprocess.DEVNULL if said is None else pipe,
        stdout=pipe,
        stderr=pipe,
        text=True,
    )
    with process:
        out, err = process.communicate(said, timeout=60)
    return subprocess.CompletedProcess(process.args, process.returncode, out, err)


def started(
    words: Sequence[str], env: Mapping[str, str], *, pass_fds: Sequence[int] = (), **more: Any
) -> "subprocess.Popen[Any]":
    """A command that runs; the rest as for ``Popen``."""
    given, kept = dict(env), tuple(pass_fds)
    return subprocess.Popen(
        ["amends", *words],
        preexec_fn=lambda: _become(list(words), given, kept),  # noqa: PLW1509 (it never comes back)
        close_fds=False,  # it closes them itself
        **more,
    )


def in_a_fork(act: Callable[[], object]) -> "subprocess.CompletedProcess[str]":
    """What ``act`` prints and raises in a process where it may spoil what it likes."""

    def once() -> int:
        act()
        return 0

    return subprocess.run(
        ["act"],
        preexec_fn=lambda: _end_with(once),  # it never comes back
        close_fds=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )


def _become(words: list[str], env: dict[str, str], kept: tuple[int, ...]) -> NoReturn:
    """Forget whose process this was, and be that command."""

    def command() -> int:
        os.environ.clear()
        os.environ.update(env)
        Path("/proc/self/comm").write_text(words[0][:15])
        _forget_settings()
        _undo_what_tests_do()
        return _ran(words)

    _end_with(command, kept)


def _end_with(act: Callable[[], int], kept: tuple[int, ...] = ()) -> NoReturn:
    """Standard streams are in place by now."""
    status = 1
    try:
        gc.freeze()  # what was left lying about may hold files, whose numbers are used again
        gc.enable()
        _close_files(kept)
        _begin_anew()
        status = act()
        sys.stdout.flush()
    except BaseException:  # noqa: BLE001 (whatever it is, the test reads it)
        traceback.print_exc()
    finally:
        os._exit(status)


def _close_files(kept: tuple[int, ...]) -> None:
    """All but the standard streams and those that are handed on."""
    low = 3
    for fd in sorted(kept):
        os.closerange(low, fd)
        low = fd + 1
    os.closerange(low, os.sysconf("SC_OPEN_MAX"))


def _begin_anew() -> None:
    """Streams, signals and hooks as Python has them when it starts."""
    sys.stdin = open(0, encoding="utf-8", closefd=False)  # noqa: SIM115 (as long as we live)
    sys.stdout, sys.stderr = _writing(1), _writing(2)
    sys.unraisablehook, threading.excepthook = sys.__unraisablehook__, threading.__excepthook__
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)
    signal.set_wakeup_fd(-1)
    logging.root.handlers.clear()
    for kind in (DeprecationWarning, PendingDeprecationWarning, ImportWarning, ResourceWarning):
        warnings.simplefilter("ignore", kind)  # as they are; others stay errors


def _writing(fd: int) -> TextIO:
    return open(fd, "w", encoding="utf-8", errors="backslashreplace", buffering=1, closefd=False)


def _forget_settings() -> None:
    """Whoever sets Django up reads them again, from the environment."""
    from django.conf import settings
    from django.contrib.auth.hashers import reset_hashers
    from django.contrib.contenttypes.models import ContentType
    from django.db import connections
    from django.db.utils import ConnectionHandler
    from django.utils.functional import empty

    import amends.config
    from amends.desk.queries.recent import forget_recent

    sys.modules.pop("amends.config.django_settings", None)
    vars(amends.config).pop("django_settings", None)
    settings._wrapped = empty
    _kept.append(vars(connections).copy())
    vars(connections).clear()
    ConnectionHandler.__init__(connections)  # every module has hold of this one
    reset_hashers(setting="PASSWORD_HASHERS")
    forget_recent()
    ContentType.objects.clear_cache()


def _undo_what_tests_do() -> None:
    """Of ``tests/conftest.py`` and of pytest-django; and have a supervisor fork its halves."""
    from django.contrib.auth.management import create_permissions
    from django.contrib.contenttypes.management import create_contenttypes
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.signals import post_migrate

    from amends.cli import supervisor

    for act in (create_permissions, create_contenttypes):
        post_migrate.connect(act)
    blocked = BaseDatabaseWrapper.ensure_connection
    if isinstance(blocker := getattr(blocked, "__self__", None), DjangoDbBlocker):
        blocker.unblock()
    supervisor.subprocess = _Forking  # type: ignore[assignment,attr-defined]


class _Forking:
    """What stands for ``subprocess`` in a supervisor that was forked: so are its children."""

    PIPE, TimeoutExpired = subprocess.PIPE, subprocess.TimeoutExpired

    @staticmethod
    def Popen(command: Sequence[str], **more: Any) -> "subprocess.Popen[Any]":  # noqa: N802
        from django.db import connections

        assert command[:3] == [sys.executable, "-m", "amends"]
        connections.close_all()
        return started(command[3:], os.environ, **more)


def _ran(words: list[str]) -> int:
    from amends.cli import main

    sys.argv = ["amends", *words]
    code: object = 0
    try:
        main()
    except SystemExit as ended:
        code = ended.code
    except BaseException:  # noqa: BLE001 (as an interpreter tells it)
        traceback.print_exc()
        code = 1
    from django.db import connections

    if "settings" in vars(connections):
        connections.close_all()  # as they are when an interpreter ends
    return code if isinstance(code, int) else int(code is not None)
