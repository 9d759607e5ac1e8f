"""What is said of a query that cannot be read."""

from amends.terms import BadInput


class QueryError(BadInput):
    """A query that cannot be read. ``position`` is a 0-based code-point offset in it.

    It points at the beginning of the term, operator or bracket in error, its dash included.
    """

    def __init__(self, reason: str, position: int) -> None:
        super().__init__(f"{reason} (position {position})")
        self.reason = reason
        self.position = position
