"""The shipped reader as tests of the desk use it."""

from functools import cache

from amends.understanding import load_reader
from amends.understanding.reader import TieredReader


@cache
def fast_reader() -> TieredReader:
    """Its fast tier alone, loaded once: what the deep one adds is tested in ``understanding``, and
    takes a hundred times as long."""
    return load_reader(depth="none")
