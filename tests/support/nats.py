"""Brokers of the tests' own: on loopback, on ports of their own, gone afterwards."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from amends.bench.nodes import Nodes, missing_nats
from tests.support.require import need


@contextmanager
def brokers(count: int = 1) -> Iterator[Nodes]:
    """Start brokers, a cluster where there are several.

    Skips the test where nats-server is missing (see ``need``, part ``nats``).
    """
    need("nats", missing_nats())
    folder = Path(tempfile.mkdtemp(prefix="amends-nats-"))
    nodes = Nodes(folder, count)
    try:
        nodes.start()
        yield nodes
    finally:
        nodes.close()
        shutil.rmtree(folder, ignore_errors=True)
