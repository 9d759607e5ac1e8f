"""The shipped reader as tests of the desk use it."""

from functools import cache

from amends.understanding import load_reader
from amends.understanding.reader import TieredReader


@cache
def shipped_reader() -> TieredReader:
    """The whole of it, loaded once; its encoder only where it is asked."""
    return load_reader()


@cache
def fast_reader() -> TieredReader:
    """Its fast tier alone, loaded once: what the deep one adds is tested in ``understanding``, and
    takes a hundred times as long."""
    return load_reader(depth="none")
