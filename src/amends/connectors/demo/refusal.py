"""How the demo network says no."""


class Refusal(Exception):
    """``status`` as in HTTP, ``reason`` one sentence; ``retry_after`` seconds, if it helps."""

    def __init__(self, status: int, reason: str, retry_after: int | None = None) -> None:
        super().__init__(reason)
        self.status = status
        self.reason = reason
        self.retry_after = retry_after
