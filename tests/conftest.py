"""Where tests keep their files, and which database they run on.

``AMENDS_TEST_DATABASE=postgres`` runs the database tests on a PostgreSQL server of their own;
otherwise they run on SQLite. Set before Django is loaded, so it stands at the top of the module.
"""

import atexit
import contextlib
import gc
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import django
import hypothesis
import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models.signals import post_migrate
from pytest_django import DjangoDbBlocker

from tests.support.migrated import copy_on_postgres, migrated_home
from tests.support.require import need

if TYPE_CHECKING:
    from tests.kill.desk import Zygote

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
        "AMENDS_DATABASE_URL",
    }:
        del os.environ[_name]
os.environ["AMENDS_HOME"] = _HOME
# Small sums: more threads would only wait for each other, and for the other test process.
os.environ |= dict.fromkeys(("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"), "1")
os.environ["AMENDS_ALLOW_HOSTS"] = "localhost:*,127.0.0.1:*"
os.environ["AMENDS_LOG_LEVEL"] = "WARNING"
os.environ["DJANGO_SETTINGS_MODULE"] = "amends.config.django_settings"

_ON_POSTGRES = os.environ.get("AMENDS_TEST_DATABASE", "sqlite") == "postgres"
if _ON_POSTGRES and "PYTEST_XDIST_WORKER" not in os.environ:
    from tests.support.postgres import missing_postgres, postgres_server

    _missing = missing_postgres()
    if _missing is None:
        _stack = contextlib.ExitStack()
        os.environ["AMENDS_DATABASE_URL"] = _stack.enter_context(postgres_server())
        atexit.register(_stack.close)
    else:
        os.environ.pop("AMENDS_DATABASE_URL", None)
elif not _ON_POSTGRES:
    os.environ.pop("AMENDS_DATABASE_URL", None)

# Each run draws other examples; `make test-examples` draws more of them.
hypothesis.settings.register_profile(
    "amends", max_examples=int(os.environ.get("AMENDS_EXAMPLES", "25")), deadline=None
)
hypothesis.settings.load_profile("amends")

django.setup()
from django.contrib.contenttypes.management import create_contenttypes  # noqa: E402

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


# What pytest-django sets up for each test, and none here asks for: half of what an empty test costs.
_NEEDLESS = frozenset(
    f"_{name}"
    for name in (
        "dj_autoclear_mailbox", "django_clear_site_cache", "django_isolate_apps",
        "django_set_urlconf", "live_server_helper", "template_string_if_invalid_marker",
    )
)  # fmt: skip


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Files of which no test would run need not be imported.

    On PostgreSQL the ``database`` tests alone run; ``-m`` may leave out what a whole file needs.
    """
    name, folder = collection_path.name, collection_path.parent.name
    if not (name.startswith("test_") and collection_path.suffix == ".py"):
        return None
    text = collection_path.read_text("utf-8")
    needs = re.search(r"^pytestmark = pytest\.mark\.(browser|atproto|kill)$", text, re.MULTILINE)
    if needs and f"not {needs[1]}" in config.option.markexpr:
        return True
    if not _ON_POSTGRES:
        return None
    return True if "mark.database" not in text or (folder == "web" and name in _ONCE) else None


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[None]:
    """A copy of a database that was migrated once, instead of migrating in each test process."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    if _ON_POSTGRES:
        name = f"test_{worker}"
        server = os.environ["AMENDS_DATABASE_URL"].rpartition("/")[0]
        copy_on_postgres(tmp_path_factory, server, name)
    else:
        # A file, as in real life: a database in memory locks tables that a file does not.
        name = f"{_HOME}/test.sqlite3"
        shutil.copy(migrated_home(tmp_path_factory) / "desk.sqlite3", name)
    connection.settings_dict["NAME"] = name
    yield
    with django_db_blocker.unblock():
        connection.close()


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
    """A test marked ``database`` may use it, without saying so twice; what two at once need
    (``two_writers``) is PostgreSQL's alone, as SQLite has one writer, and what is ``alike`` on
    either database is not run twice."""
    elsewhere = "alike" if _ON_POSTGRES else "two_writers"
    others = [item for item in items if item.get_closest_marker(elsewhere)]
    config.hook.pytest_deselected(items=others)
    items[:] = [item for item in items if item not in others]
    for item in items:
        if item.get_closest_marker("database") and not item.get_closest_marker("django_db"):
            item.add_marker(pytest.mark.django_db)
        if isinstance(item, pytest.Function):
            item.fixturenames = [name for name in item.fixturenames if name not in _NEEDLESS]


def pytest_collection_finish() -> None:
    """What is loaded by now stays: the collector need not go through it again and again."""
    gc.freeze()
    gc.enable()
    gc.set_threshold(10_000, 20, 20)


def pytest_runtest_setup(item: pytest.Item) -> None:
    # Nobody else waits to write, to whom the test before would leave the place for a while.
    vars(connections[DEFAULT_DB_ALIAS]).pop("_not_before", None)
    if _ON_POSTGRES and item.get_closest_marker("database"):
        there = "AMENDS_DATABASE_URL" in os.environ
        need("postgres", None if there else "PostgreSQL 15 is not installed")
