"""The collector stands still while a batch is stored, and never longer."""

import gc

import pytest

from amends.desk.actions.memory import uncollected


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
