"""Keeping the garbage collector out of work on many small objects."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Let nothing be collected meanwhile: it would look through a batch's mentions again and again
    and find nothing. Of storing it took a seventh. Threads may overlap; it ends switched on."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
