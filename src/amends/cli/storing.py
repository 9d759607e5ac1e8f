"""``amends bench store``."""

import tempfile
from pathlib import Path

import click


@click.command(short_help="Mentions stored at full speed while somebody works with the pages.")
@click.option("--database", type=click.Choice(["sqlite", "postgres"]), default="sqlite")
@click.option("--url", default="", help="An empty PostgreSQL database; else a server is started.")
@click.option(
    "--settings",
    type=click.Choice(["ours", "new"]),
    default="ours",
    show_default=True,
    help="Of a server that is started: those that docs/operations.md names, or a new one's.",
)
@click.option("--stored", default=100_000, show_default=True, help="Mentions there before.")
@click.option("--seconds", default=20.0, show_default=True, help="How long pages are asked, twice.")
@click.option(
    "--batch", type=int, help="Mentions in a transaction; else as many as streams gather there."
)
@click.option("--watches", default=200, show_default=True, help="Watches on others than us.")
@click.option(
    "--by-time", is_flag=True, help="Ids that grow, as on X; else as random as Bluesky's."
)
@click.option("--seed", default=1, show_default=True, help="What mentions are drawn by.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def store(
    *,
    database: str,
    url: str,
    settings: str,
    stored: int,
    seconds: float,
    batch: int | None,
    watches: int,
    by_time: bool,
    seed: int,
    as_json: bool,
) -> None:
    """Store made-up mentions into a desk of its own, in a folder that is gone afterwards, as fast as
    it goes, while its pages are asked; print the speed, the CPU of each mention, and how long the
    pages took alone and meanwhile."""
    import msgspec

    from amends.bench.database import SETTINGS
    from amends.bench.store import lines_of, run
    from amends.bench.storing import Task
    from amends.listening.gathering import ROOMY, Limits

    gathered = (ROOMY if database == "postgres" else Limits()).items
    task = Task(stored=stored, batch=batch or gathered, watches=watches, by_time=by_time, seed=seed)
    with tempfile.TemporaryDirectory(prefix="amends-bench-") as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL runs as another user
        told = SETTINGS if settings == "ours" else {}
        report = run(database, task, seconds=seconds, folder=folder, url=url, settings=told)
    click.echo(msgspec.json.encode(report).decode() if as_json else "\n".join(lines_of(report)))
