"""Networks of a few lines; they stand beside the faults, which a command measures too."""

from amends.bench.faults.serving import (
    HANG_S,
    PATIENCE_S,
    Asked,
    Fake,
    Fault,
    Said,
    beside,
    running,
)

__all__ = ["HANG_S", "PATIENCE_S", "Asked", "Fake", "Fault", "Said", "beside", "running"]
