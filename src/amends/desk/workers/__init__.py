"""Workers: what the desk does by itself. Listeners fill it, senders empty its outbox."""

from amends.desk.workers.run import Worker, work

__all__ = ["Worker", "work"]
