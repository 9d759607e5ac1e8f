"""The collector stands still while a batch is stored, and never longer; SQLite spills nothing."""

import gc

import pytest
from django.db import connection, transaction

from amends.desk.actions.memory import store_by_the_thousand, uncollected


def test_nothing_is_collected_meanwhile() -> None:
    with uncollected():
        assert not gc.isenabled()
    assert gc.isenabled()


def test_a_batch_that_fails_leaves_it_on() -> None:
    with pytest.raises(RuntimeError), uncollected():
        raise RuntimeError
    assert gc.isenabled()


def test_whoever_switched_it_off_keeps_it_off() -> None:
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()


_IN_FILES, _IN_MEMORY = 0, 2


def _spills() -> int:
    with connection.cursor() as cursor:
        return int(cursor.execute("PRAGMA temp_store").fetchone()[0])


@pytest.mark.database
@pytest.mark.alike
@pytest.mark.django_db(transaction=True)
def test_whoever_stores_spills_nothing_from_its_next_transaction_on() -> None:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA temp_store = DEFAULT")
    with transaction.atomic():
        store_by_the_thousand()
        assert _spills() == _IN_FILES
    store_by_the_thousand()
    assert _spills() == _IN_MEMORY
