"""``amends bench cluster``."""

import shutil
import tempfile
from pathlib import Path

import click

from amends.terms import BadInput


@click.command(short_help="Three brokers, faults while posts pass, and the cost of each stage.")
@click.option("--posts", default=100_000, show_default=True, help="How many posts pass.")
@click.option("--watches", default=1_000, show_default=True, help="How many watches listen.")
@click.option(
    "--database",
    default="",
    help="An empty PostgreSQL database, postgresql://…; without it a server is started.",
)
@click.option(
    "--cut", default=5.0, show_default=True, help="Seconds that a broker is dead, a wire is cut."
)
@click.option(
    "--ack-wait", default=10, show_default=True, help="Seconds after which a worker counts as dead."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def cluster(
    posts: int, watches: int, database: str, cut: float, ack_wait: int, as_json: bool
) -> None:
    """Start a cluster on loopback, kill a worker, the receiver and a broker and cut two brokers
    apart while posts pass, and check that none is lost and none is stored twice."""
    import msgspec

    from amends.bench.cluster import trial
    from amends.bench.cluster_report import lines_of

    folder = Path(tempfile.mkdtemp(prefix="amends-bench-"))
    folder.chmod(0o755)  # PostgreSQL runs as another user
    with trial(
        folder,
        database=database,
        posts=posts,
        watches=watches,
        cut_s=cut,
        ack_wait=ack_wait,
        prepare=_prepare,
    ) as one:
        report = one.run()
    wrong = f"The brokers did not settle: {report.unsettled}" if report.unsettled else ""
    if report.lost or report.twice or report.unheard or report.removals_missed:
        wrong = "Posts were lost or stored twice: the figures above say how many."
    if not wrong:
        shutil.rmtree(folder)  # where the run fails, its logs tell why
    click.echo(msgspec.json.encode(report).decode() if as_json else "\n".join(lines_of(report)))
    if wrong:
        raise BadInput(wrong)


def _prepare() -> None:
    from amends.cli.start import bring_up_to_date, prepare

    prepare()
    bring_up_to_date()
