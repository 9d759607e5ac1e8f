"""The reader that the settings name, for whatever of the desk is not handed one."""

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from amends.understanding.reader import TieredReader, load_reader
from amends.understanding.tiers import Depth


def own_reader() -> TieredReader:
    """The reader by AMENDS_READER and AMENDS_READER_DEPTH. Raises ``BadInput`` where there is none."""
    return _loaded(settings.AMENDS_READER, settings.AMENDS_READER_DEPTH)


@lru_cache(4)
def _loaded(named: str, depth: Depth) -> TieredReader:
    return load_reader(Path(named) if named else None, depth=depth)
