"""Many cases tried on one scene of the database."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction

from amends.desk.queries.recent import forget_recent


class Tried:
    """``with tried(name):`` tries a case, and whatever it did is undone. What failed is told by its
    name in ``wrong``, which a test asserts to be empty at its end; the cases after it are tried too."""

    def __init__(self) -> None:
        self.wrong: list[str] = []

    @contextmanager
    def __call__(self, name: object) -> Iterator[None]:
        mark = transaction.savepoint()
        try:
            yield
        except Exception as error:  # noqa: BLE001 (told at the end, with the others)
            self.wrong.append(f"{name}: {type(error).__name__}: {error}")
        finally:
            transaction.savepoint_rollback(mark)
            transaction.savepoint_commit(mark)
            forget_recent()  # ids are given anew
