"""``amends bench cases``."""

import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

import click


@click.command(short_help="What the inbox asks of the database, up to a million cases.")
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--url", default="", help="An empty PostgreSQL database; else a server is started.")
@click.option(
    "--cases",
    multiple=True,
    type=click.IntRange(100),
    default=(10_000, 100_000, 1_000_000),
    show_default=True,
    help="How many cases there are; several, to see how it grows.",
)
@click.option("--live", default=0.4, show_default=True, help="Share of cases that are not settled.")
@click.option("--times", default=300, show_default=True, help="How often each query is asked.")
@click.option("--seed", default=1, show_default=True, help="What cases are drawn by.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def cases(
    *,
    database: str,
    url: str,
    cases: tuple[int, ...],
    live: float,
    times: int,
    seed: int,
    as_json: bool,
) -> None:
    """Fill a desk of its own, in a folder that is gone afterwards, with made-up cases, and ask it for
    pages of the inbox, the next clock due and one customer's history: median and 99th percentile."""
    import msgspec

    from amends.bench.cases import Task, lines_of, run
    from amends.bench.database import own_postgres
    from amends.cli.start import bring_up_to_date, prepare

    def say(line: str) -> None:
        click.echo(line, err=True)

    task = Task(cases=cases, live=live, times=times, seed=seed)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="amends-bench-")))
        folder.chmod(0o755)  # PostgreSQL runs as another user
        if database == "postgres" and not url:
            url, _ = stack.enter_context(own_postgres(folder / "postgres"))
        given = {"AMENDS_HOME": str(folder / "home"), "AMENDS_DATABASE_URL": url}
        os.environ.update(given if database == "postgres" else {**given, "AMENDS_DATABASE_URL": ""})
        prepare()
        bring_up_to_date()
        report = run(task, say=say)
        from django.db import connections

        connections.close_all()
    click.echo(msgspec.json.encode(report).decode() if as_json else "\n".join(lines_of(report)))
