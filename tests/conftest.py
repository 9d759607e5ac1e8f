"""Where tests keep their files, and which database they run on.

``AMENDS_TEST_DATABASE=postgres`` runs the database tests on a PostgreSQL server of their own, ``both``
runs them on SQLite and there; otherwise they run on SQLite. Set before Django is loaded, so it stands at the top of the module.
"""

import atexit
import contextlib
import gc
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models.signals import post_migrate
from pytest_django import DjangoDbBlocker

from tests.support.databases import emptied, on_postgres, rolled_back
from tests.support.migrated import copy_on_postgres, migrated_home
from tests.support.require import need

if TYPE_CHECKING:
    from tests.kill.desk import Zygote

pytest_plugins = ("tests.support.forked",)
MANY = 1000  # tests, of which some need whatever can be loaded
gc.disable()  # until the tests are collected


def _in_memory(folder: str = "/dev/shm", *, gigabytes: int = 2) -> bool:
    """Whether files of the tests can lie in memory, where nothing waits for a disk."""
    if not os.access(folder, os.W_OK):
        return False
    there = os.statvfs(folder)
    return there.f_bavail * there.f_frsize >= gigabytes << 30 and not there.f_flag & os.ST_NOEXEC


if "TMPDIR" not in os.environ and _in_memory():
    os.environ["TMPDIR"] = tempfile.tempdir = "/dev/shm"
_HOME = tempfile.mkdtemp(prefix="amends-tests-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
for _name in [n for n in os.environ if n.startswith("AMENDS_")]:
    if _name not in {
        "AMENDS_REQUIRE",
        "AMENDS_TEST_DATABASE",
        "AMENDS_KILLS",
        "AMENDS_EXAMPLES",
    }:
        del os.environ[_name]
os.environ["AMENDS_HOME"] = _HOME
# Small sums: more threads would only wait for each other, and for the other test process.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
os.environ["AMENDS_ALLOW_HOSTS"] = "localhost:*,127.0.0.1:*"
os.environ["AMENDS_LOG_LEVEL"] = "WARNING"
os.environ["DJANGO_SETTINGS_MODULE"] = "amends.config.django_settings"

_WHERE = os.environ.get("AMENDS_TEST_DATABASE", "sqlite")
_SERVER = "TESTS_POSTGRES"  # where the server of this run is
if _WHERE in ("postgres", "both"):
    from tests.support.postgres import missing_postgres, postgres_server

    os.environ.pop(_SERVER, None)
    if missing_postgres() is None:
        _stack = contextlib.ExitStack()
        os.environ[_SERVER] = _stack.enter_context(postgres_server(by_file=True)).rpartition("/")[0]
        atexit.register(_stack.close)
os.environ.pop("AMENDS_DATABASE_URL", None)
if _WHERE == "postgres" and _SERVER in os.environ:
    os.environ["AMENDS_DATABASE_URL"] = f"{os.environ[_SERVER]}/postgres"

# Each run draws other examples; `make test-examples` draws more of them.
hypothesis.settings.register_profile(
    "amends", max_examples=int(os.environ.get("AMENDS_EXAMPLES", "25")), deadline=None
)
hypothesis.settings.load_profile("amends")

django.setup()
from django.contrib.contenttypes.management import create_contenttypes  # noqa: E402

from amends.desk.queries.recent import forget_recent  # noqa: E402
from tests.support.warming import load_for_all  # noqa: E402

# Argon2 is slow on purpose; tests that are about it put it back.
settings.PASSWORD_HASHERS.insert(0, "django.contrib.auth.hashers.MD5PasswordHasher")
# Emptying the tables would write down anew, each time, what nobody asks for.
post_migrate.disconnect(dispatch_uid="django.contrib.auth.management.create_permissions")
post_migrate.disconnect(create_contenttypes)
# It is made for an event loop alone: each request of a test client would start a thread with one.
settings.MIDDLEWARE.remove("servestatic.middleware.ServeStaticMiddleware")


# Pages whose queries are plain: what they test is roles, forms and markup, the same on either.
_ONCE = frozenset(
    f"test_{name}.py"
    for name in (
        "door", "doors", "heard_plans", "matrix", "people", "policy", "setup", "setup_channels",
        "setup_networks", "setup_queries", "setup_watches",
    )
)  # fmt: skip


# What plugins set up for each test, and none here asks for: half of what an empty test costs.
_NEEDLESS = frozenset(
    (
        "_dj_autoclear_mailbox", "_django_clear_site_cache", "_django_isolate_apps",
        "_django_set_urlconf", "_django_setup_unittest", "_fail_for_invalid_template_variable",
        "_live_server_helper", "_template_string_if_invalid_marker",
        # What asks for these has them made; they need not be seen to before.
        "django_db_blocker", "event_loop_policy", "monkeypatch", "request",
    )
)  # fmt: skip


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files of which no test would run need not be imported.

    On PostgreSQL the ``database`` tests alone run; ``-m`` may leave out what a whole file needs.
    """
    name = collection_path.name
    if not (name.startswith("test_") and collection_path.suffix == ".py"):
        return None
    text = collection_path.read_text("utf-8")
    needs = re.search(r"^pytestmark = pytest\.mark\.(browser|atproto|kill)$", text, re.MULTILINE)
    if needs and f"not {needs[1]}" in config.option.markexpr:
        return True
    if _WHERE != "postgres":
        return None
    return True if "mark.database" not in text or _once(collection_path) else None


def _once(path: Path) -> bool:
    return path.parent.name == "web" and path.name in _ONCE


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """A copy of a database that was migrated once, instead of migrating in each test process."""
    if _WHERE == "postgres":
        name = _postgres_copy(tmp_path_factory)
    else:
        # A file, as in real life: a database in memory locks tables that a file does not.
        name = f"{settings.AMENDS_HOME}/test.sqlite3"
        shutil.copy(migrated_home(tmp_path_factory) / "desk.sqlite3", name)
    connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connection.close()


@pytest.fixture
def _django_db_helper(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: DjangoDbBlocker
) -> Iterator[None]:
    """What ``django_db`` promises, in place of a test case that pytest-django makes of each test."""
    mark = request.node.get_closest_marker("django_db")
    options = mark.kwargs if mark else {}
    assert set(options) <= {"transaction"}, "see tests/support/databases.py"
    with django_db_blocker.unblock(), emptied() if options.get("transaction") else rolled_back():
        yield
    forget_recent()  # ids begin anew, and what had them before is not what has them now


def _postgres_copy(tmp_path_factory: pytest.TempPathFactory) -> str:
    name = f"test_{Path(settings.AMENDS_HOME).name}"
    copy_on_postgres(tmp_path_factory, os.environ[_SERVER], name)
    return name


def _need_postgres() -> None:
    need("postgres", None if _SERVER in os.environ else "PostgreSQL 15 is not installed")


if _WHERE == "both":

    @pytest.fixture(scope="session")
    def _postgres(tmp_path_factory: pytest.TempPathFactory) -> str:
        _need_postgres()
        return f"{os.environ[_SERVER]}/{_postgres_copy(tmp_path_factory)}"

    @pytest.fixture(scope="session", autouse=True)
    def _database(
        request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker
    ) -> Iterator[None]:
        """PostgreSQL in place of SQLite, for tests that ask for it."""
        if getattr(request, "param", "sqlite") == "sqlite":
            yield
            return
        request.getfixturevalue("django_db_setup")
        with on_postgres(request.getfixturevalue("_postgres")):
            yield

    def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
        """A test of the database runs on each."""
        if metafunc.definition.get_closest_marker("database"):
            metafunc.parametrize(
                "_database", ["sqlite", "postgres"], indirect=True, scope="session"
            )


def _database_of(item: pytest.Item) -> str:
    spec = getattr(item, "callspec", None)
    return spec.params.get("_database", "sqlite") if _WHERE == "both" and spec else _WHERE


def _runs_elsewhere(item: pytest.Item) -> bool:
    """What two at once need (``two_writers``) is PostgreSQL's alone, as SQLite has one writer; what
    is ``alike`` on either database is not run twice."""
    if _database_of(item) == "sqlite":
        return item.get_closest_marker("two_writers") is not None
    return item.get_closest_marker("alike") is not None or _once(item.path)


@pytest.fixture(scope="session")
def zygote(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Zygote]":
    """Forks what the kill tests kill."""
    from tests.kill.desk import Zygote

    made = Zygote(tmp_path_factory.mktemp("zygote"))
    try:
        yield made
    finally:
        made.close()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test marked ``database`` may use it, without saying so twice. PostgreSQL comes last."""
    others = [item for item in items if _runs_elsewhere(item)]
    config.hook.pytest_deselected(items=others)
    left = set(items) - set(others)
    items[:] = sorted((item for item in items if item in left), key=_database_of, reverse=True)
    for item in items:
        if item.get_closest_marker("database") and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db)
        if isinstance(item, pytest.Function):
            _leave_out_needless(item)


def _leave_out_needless(item: pytest.Function) -> None:
    needless = set(_NEEDLESS.difference(item._fixtureinfo.argnames))
    if not item.get_closest_marker("django_db"):
        needless.update(("_django_db_marker", "_database"))
    item.fixturenames = [name for name in item.fixturenames if name not in needless]


def pytest_forked(number: int) -> None:
    """Each process keeps its files in a home of its own."""
    home = Path(_HOME, str(number))
    home.mkdir()
    settings.AMENDS_HOME = home
    settings.AMENDS = replace(settings.AMENDS, home=home)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What is loaded by now stays: the collector need not go through it again and again."""
    if session.config.option.processes > 1 and len(session.items) > MANY:
        load_for_all()
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)


def pytest_runtest_setup(item: pytest.Item) -> None:
    # Nobody else waits to write, to whom the test before would leave the place for a while.
    vars(connections[DEFAULT_DB_ALIAS]).pop("_not_before", None)
    if _WHERE == "postgres" and item.get_closest_marker("database"):
        _need_postgres()
