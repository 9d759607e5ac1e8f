"""Settings fail loudly: each refusal names the setting and the fix."""

from pathlib import Path

import pytest

from amends.config.settings import Settings, load
from amends.terms import BadInput


def test_without_any_the_defaults_hold() -> None:
    assert load({}) == Settings()


def test_every_kind_is_read() -> None:
    read = load(
        {
            "AMENDS_HOME": "/srv/desk",
            "AMENDS_PORT": "9000",
            "AMENDS_DEMO": "no",
            "AMENDS_HOSTS": "desk.example, care.example",
        }
    )
    assert (read.home, read.port, read.demo) == (Path("/srv/desk"), 9000, False)
    assert read.hosts == ("desk.example", "care.example")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("AMENDS_PORT", "eight", "Write a whole number"),
        ("AMENDS_PORT", "70000", "Write a number from 1 to 65535"),
        ("AMENDS_DEMO", "maybe", "Write yes or no"),
        ("AMENDS_DATABASE_URL", "mysql://x", "must begin with postgresql://"),
        ("AMENDS_URL", "desk.example", "must begin with http"),
        ("AMENDS_LOG_LEVEL", "LOUD", "must be DEBUG, INFO, WARNING or ERROR"),
        ("AMENDS_ALLOW_HOSTS", "10.0.0.0/99", "is no network"),
        ("AMENDS_PROT", "8000", "is no setting"),
        ("AMENDS_SECRET_KEY_FILE", "/nowhere/key", "cannot be read"),
    ],
)
def test_wrong_value_names_setting_and_fix(name: str, value: str, sentence: str) -> None:
    with pytest.raises(BadInput, match=sentence) as refused:
        load({name: value})
    assert name in str(refused.value)


def test_secret_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush\n")
    assert load({"AMENDS_SECRET_KEY_FILE": str(tmp_path / "key")}).secret_key == "hush"


def test_setting_and_its_file_together_are_refused(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("hush")
    both = {"AMENDS_SECRET_KEY": "x", "AMENDS_SECRET_KEY_FILE": str(tmp_path / "key")}
    with pytest.raises(BadInput, match="Keep one of them"):
        load(both)


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ({}, "http://localhost:8000"),
        ({"AMENDS_HOST": "0.0.0.0", "AMENDS_PORT": "9000"}, "http://localhost:9000"),
        ({"AMENDS_URL": "https://desk.example/"}, "https://desk.example"),
    ],
)
def test_address_people_reach(given: dict[str, str], address: str) -> None:
    assert load(given).address == address


def test_passwords_are_hashed_by_argon2_alone() -> None:
    from amends.config import django_settings

    argon2 = "django.contrib.auth.hashers.Argon2PasswordHasher"
    assert django_settings.PASSWORD_HASHERS[-1:] == [argon2]
    assert django_settings.PASSWORD_HASHERS[:-1] == [
        "django.contrib.auth.hashers.MD5PasswordHasher"  # put there by tests/conftest.py
    ]
