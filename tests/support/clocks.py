"""A clock moved by hand; it stands beside the faults, which a command measures too."""

from amends.bench.faults.clock import START, HandClock

__all__ = ["START", "HandClock"]
