"""What we promise: an SLA policy for each kind of case, and which of them holds for one."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from amends.casework.clocks import CaseTimes, Clock, Run, Standing, due_of, read_clock, runs_of
from amends.casework.hours import ALWAYS, Hours, calendar_of
from amends.casework.states import Priority


@dataclass(frozen=True, slots=True, kw_only=True)
class SlaPolicy:
    """``times`` says how much open time each clock is given; a clock that is absent does not run.

    ``priority``, ``network`` and ``customer`` narrow which cases it is for: None or "" is any.
    ``escalate_to`` is who is handed a case whose clock was missed.
    """

    name: str
    times: Mapping[Clock, timedelta] = field(hash=False)
    hours: Hours = ALWAYS
    priority: Priority | None = None
    network: str = ""
    customer: int | None = None
    escalate_to: int | None = None

    def within(self, hours: Hours) -> "SlaPolicy":
        """The same promises in other hours."""
        return replace(self, hours=hours)

    def fits(self, *, priority: int, network: str, customer: int | None) -> bool:
        return (
            self.priority in (None, priority)
            and self.network in ("", network)
            and self.customer in (None, customer)
        )

    @property
    def narrowness(self) -> int:
        """A customer's own weighs more than a severity, and that more than a network."""
        named = (self.customer is not None, self.priority is not None, bool(self.network))
        return 4 * named[0] + 2 * named[1] + named[2]


def _times(*minutes: int) -> Mapping[Clock, timedelta]:
    return {clock: timedelta(minutes=m) for clock, m in zip(Clock, minutes, strict=True)}


_DAY: Final = 24 * 60
_SHIPPED: Final = {
    Priority.URGENT: _times(15, 60, 60, _DAY, _DAY),
    Priority.HIGH: _times(30, 120, 120, 2 * _DAY, _DAY),
    Priority.NORMAL: _times(60, 180, 240, 3 * _DAY, 2 * _DAY),
    Priority.LOW: _times(240, 480, 480, 5 * _DAY, 3 * _DAY),
}
SHIPPED: Final = tuple(
    SlaPolicy(name=f"Shipped, {priority.name.lower()}", times=times, priority=priority)
    for priority, times in _SHIPPED.items()
)
"""What holds where nobody has decided otherwise. People expect an answer on Twitter within one to
three hours, on Facebook within three to six (Istanbulluoglu 2017); it runs day and night."""


def choose_policy(
    policies: Iterable[SlaPolicy], *, priority: int, network: str, customer: int | None
) -> SlaPolicy:
    """The narrowest policy that fits; of two as narrow the first; else what is shipped."""
    fitting = [
        one for one in policies if one.fits(priority=priority, network=network, customer=customer)
    ]
    if fitting:
        return max(fitting, key=lambda one: one.narrowness)
    return next(one for one in SHIPPED if one.priority == priority)


def dues(times: CaseTimes, policy: SlaPolicy) -> dict[Clock, tuple[Run, datetime]]:
    """The clocks that run, each with when it is due; without those that are paused before that."""
    calendar, found = calendar_of(policy.hours), {}
    for clock, run in runs_of(times).items():
        promise = policy.times.get(clock)
        if promise is None or run.met_at is not None:
            continue
        due = due_of(run, promise, calendar)
        if due is not None:
            found[clock] = (run, due)
    return found


def standings(times: CaseTimes, policy: SlaPolicy, *, now: datetime) -> dict[Clock, Standing]:
    """What each clock of a case shows, those that were met too."""
    calendar = calendar_of(policy.hours)
    return {
        clock: read_clock(run, policy.times[clock], calendar, now=now)
        for clock, run in runs_of(times).items()
        if clock in policy.times
    }
