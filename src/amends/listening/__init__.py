"""Listening: the stream from a network to the desk."""

from amends.listening.listener import BackOff, HealthState, Surroundings, follow, poll
from amends.listening.pipeline import Item, Step, run
from amends.listening.sink import Batch, Sink

__all__ = [
    "BackOff",
    "Batch",
    "HealthState",
    "Item",
    "Sink",
    "Step",
    "Surroundings",
    "follow",
    "poll",
    "run",
]
