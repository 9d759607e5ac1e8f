"""What a trial of a cluster came to, as figures and in words."""

from collections.abc import Sequence

import msgspec


class Report(msgspec.Struct, kw_only=True):
    """What a run came to. ``cpu_s`` and ``us_per_post`` by stage; ``faults`` in the order in which
    they were made, with the seconds until messages were done again after each. ``remnants``: messages that
    were done and lay in the copy of a broker until it led. ``unsettled``: what brokers still held in the end,
    in a sentence; empty where they agree that nothing is left."""

    posts: int
    size: int
    watches: int
    seconds: float
    expected: int
    stored: int
    lost: int
    twice: int
    unheard: int
    removals_missed: int
    dead: int
    messages: int
    faults: dict[str, float]
    cpu_s: dict[str, float]
    us_per_post: dict[str, float]
    remnants: int = 0
    unsettled: str = ""


def lines_of(report: Report) -> Sequence[str]:
    """The report for a person."""
    stored = f"{report.stored:,} of {report.expected:,} posts that name the brand are stored"
    what = f"{report.posts:,} posts, {report.size / 1e6:,.0f} MB, {report.watches:,} watches"
    missed = f"{report.unheard} posts unaccounted for; {report.removals_missed} removals missed"
    said = [
        f"{what}, {report.seconds:,.0f} s with all faults.",
        f"{stored}: {report.lost} lost, {report.twice} twice; {missed}; {report.dead} dead letters.",
    ]
    for name, seconds in report.faults.items():
        said.append(f"  {name}: messages were done again after {seconds} s")
    if report.remnants:
        said.append(
            f"  {report.remnants} messages that were done lay in a copy until its broker led."
        )
    if report.unsettled:
        said.append(f"The brokers did not settle: {report.unsettled}")
    said.append("CPU of each stage, all its processes together:")
    for stage, us in report.us_per_post.items():
        per_core = f"{1e6 / us:,.0f} posts/s a core" if us else "too little to measure"
        said.append(f"  {stage}: {us:.1f} us a post, {per_core}")
    said.append(
        "Brokers are three nodes of one cluster together. Two cores run all of it: these figures"
        " show no scaling, and none is claimed from them."
    )
    return said
