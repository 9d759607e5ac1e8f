"""The house holds: floors, sizes, addresses, migrations."""

import importlib
import json
import pkgutil
import re
import subprocess
import sys
import tomllib
from io import StringIO
from pathlib import Path
from types import FunctionType, ModuleType

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.support.commands import in_a_fork

ROOT = Path(__file__).parents[1]
MOST_LINES = 400
# Longer files that are allowed, each with its reason.
LONG_FILES = {
    "src/amends/desk/migrations/0001_first_tables.py": "written by Django, all tables at once",
    "src/amends/desk/migrations/0001_squashed_0032.py": "the same, as the tables are now",
}
CODE = {".py", ".js", ".mjs", ".css", ".html"}
LOCKS_AND_SETTINGS = (
    ".ci/*",
    ".npmrc",
    "Makefile",
    "pyproject.toml",
    "requirements/*",
    "scripts/*",
    "tools/*/.npmrc",
    "tools/*/install",
    "tools/*/package.json",
)
# The slash comes first, by which a search is fifty times as fast, and then what is not before it.
MACHINE_PATH = re.compile(rb"/(?<![\w.~]/)(?:root|work|home|Users)/\w")

BELOW_THE_DESK = (
    "terms text matching understanding reach guard casework outbound connectors listening insight"
)


def import_floors_without_django() -> None:
    """Here, after forgetting Django, us, and whatever else has something of Django in it."""

    class NoDjango:
        def find_spec(self, name: str, path: object = None, target: object = None) -> None:
            if name.partition(".")[0] == "django":
                raise ModuleNotFoundError(f"{name} is blocked", name=name)

    sys.meta_path.insert(0, NoDjango())
    gone = {"amends", *packages_with("django")}
    for name in list(sys.modules):
        if name.partition(".")[0] in gone:
            del sys.modules[name]
    for floor in BELOW_THE_DESK.split():
        package = importlib.import_module(f"amends.{floor}")
        for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
            importlib.import_module(module.name)
            sys.stdout.write(f"{module.name}\n")


def packages_with(one: str) -> set[str]:
    """Of what is loaded, the packages that hold something of ``one``, of one of those, and so on."""
    holds: dict[str, set[str]] = {}
    for name, module in list(sys.modules.items()):
        values = list(vars(module).values()) if isinstance(module, ModuleType) else []
        holds.setdefault(name.partition(".")[0], set()).update(map(package_of, values))
    found, more = {one}, {one}
    while more:
        more = {name for name, held in holds.items() if held & more} - found
        found |= more
    return found


def package_of(value: object) -> str:
    """The package that it, or what it is an instance of, comes from; it is not asked anything, as
    some load something then."""
    if issubclass(type(value), ModuleType):
        home = vars(value).get("__name__")
    else:
        known = value if issubclass(type(value), (type, FunctionType)) else type(value)
        home = (
            known.__module__ if isinstance(known, FunctionType) else vars(known).get("__module__")
        )
    return str(home).partition(".")[0]


def project_files() -> list[Path]:
    """Files that are in the project or about to be: those that git does not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listing = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    found = sorted({ROOT / name for name in listing.split("\0") if name})
    return [path for path in found if path.is_file()]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_import_contracts_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

    # It would set logging up anew, and silence what other tests listen to.
    monkeypatch.setattr("importlinter.cli.logging_config.dictConfig", lambda config: None)
    assert (
        lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)
        == EXIT_STATUS_SUCCESS
    )


def test_floors_below_the_desk_import_without_django() -> None:
    done = in_a_fork(import_floors_without_django)
    assert done.returncode == 0, done.stderr
    assert "amends.terms.post" in done.stdout


def test_no_lock_or_setting_names_an_address() -> None:
    files = [path for pattern in LOCKS_AND_SETTINGS for path in ROOT.glob(pattern)]
    assert ROOT / "requirements" / "run.txt" in files
    assert [name_of(path) for path in files if "://" in path.read_text(encoding="utf-8")] == []


def test_npm_locks_hold_no_download_address() -> None:
    for lock in ROOT.glob("tools/*/package-lock.json"):
        packages = json.loads(lock.read_text(encoding="utf-8"))["packages"]
        assert [name for name, entry in packages.items() if "resolved" in entry] == []


def locked(kind: str) -> dict[str, str]:
    """The entries of a lock by the names of their packages."""
    text = (ROOT / "requirements" / f"{kind}.txt").read_text(encoding="utf-8")
    entries = [entry for entry in re.split(r"\n(?=\S)", text) if not entry.startswith("#")]
    return {entry.partition("==")[0]: entry for entry in entries}


@pytest.mark.parametrize("kind", ["run", "dev"])
def test_every_locked_package_has_a_hash(kind: str) -> None:
    without = [name for name, entry in locked(kind).items() if "--hash=sha256:" not in entry]
    assert (len(locked(kind)) > 40, without) == (True, [])


def test_locks_hold_every_dependency() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    for kind, wanted in (
        ("run", project["dependencies"]),
        ("dev", [*project["dependencies"], *extras["dev"], *extras["train"]]),
    ):
        names = {canonicalize_name(Requirement(one).name) for one in wanted} - {"amends"}
        assert names - set(locked(kind)) == set()


def test_no_file_names_a_path_of_one_machine() -> None:
    hits = [name_of(path) for path in project_files() if MACHINE_PATH.search(path.read_bytes())]
    assert hits == []


def test_source_files_are_under_400_lines() -> None:
    lengths = {
        name_of(path): len(path.read_bytes().splitlines())
        for path in project_files()
        if path.suffix in CODE and "vendor" not in path.parts
    }
    too_long = {name for name, length in lengths.items() if length >= MOST_LINES}
    assert too_long == set(LONG_FILES)


@pytest.mark.database
@pytest.mark.alike
@pytest.mark.django_db
def test_migrations_are_complete() -> None:
    assert apps.get_app_config("desk").get_models()
    said = StringIO()
    try:
        call_command("makemigrations", check=True, dry_run=True, stdout=said)
    except SystemExit:
        pytest.fail(said.getvalue(), pytrace=False)


@pytest.mark.alike
def test_migrations_step_by_step_come_to_the_same_as_all_at_once() -> None:
    """A desk that begins takes the squashed one, an older desk goes through the chain."""
    at_once, stepwise = MigrationLoader(None), MigrationLoader(None, replace_migrations=False)
    before, after = (loader.project_state() for loader in (stepwise, at_once))
    steps = sorted(name for app, name in at_once.graph.nodes if app == "desk")
    assert MigrationAutodetector(before, after).changes(at_once.graph) == {}
    assert [name for name in steps if name < "0033"] == ["0001_squashed_0032"]
