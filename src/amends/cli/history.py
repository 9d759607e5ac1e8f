"""``amends import``: history from a file."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from amends.terms import BadInput


def _columns(_context: click.Context, _parameter: click.Parameter, value: str | None) -> Any:
    if not value:
        return None
    pairs = [part.partition("=") for part in value.split(",")]
    if any(not field.strip() or not column for field, _, column in pairs):
        raise click.BadParameter("write field=column pairs, such as text=body,author.handle=user")
    return {field.strip(): column for field, _, column in pairs}


@click.command("import", short_help="Import history from a file.")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--brand", default=None, help="The handle of the company whose care this is.")
@click.option(
    "--format",
    "format_",
    default=None,
    help="What its lines are, where looking fails: posts, x, jetstream, mastodon, airlines, twcs.",
)
@click.option(
    "--columns",
    callback=_columns,
    default=None,
    help="For other tables: text=body,id=uid and so on.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the counts as one JSON object.")
def import_history(
    file: Path,
    brand: str | None,
    format_: str | None,
    columns: dict[str, str] | None,
    as_json: bool,
) -> None:
    """Import posts from FILE: JSONL, CSV or Parquet, plain, gzip or zstd; see docs/import.md.

    Cut off, it goes on where it stood; run again, it changes nothing.
    """
    from amends.cli.start import bring_up_to_date, chosen_reader, prepare
    from amends.listening.history import open_history

    history = open_history(file, format=format_, columns=columns)
    prepare()
    bring_up_to_date()
    from amends.cli.progress import Bar
    from amends.desk.actions.history import Importer
    from amends.desk.workers.run import new_ref
    from amends.terms import SystemClock

    for note in history.notes:
        click.echo(note, err=True)
    with Bar(enabled=sys.stderr.isatty()) as bar:
        importer = Importer(
            reader=chosen_reader(), clock=SystemClock(), new_ref=new_ref, progress=bar.show
        )
        counts = importer.read(history, handle=brand)
    if counts.read == 0:
        raise BadInput(f"{file.name} holds no posts.")
    if as_json:
        click.echo(json.dumps(counts.as_json()))
        return
    click.echo(
        f"{history.format}: {counts.read:,} read, {counts.kept:,} kept, {counts.dead:,} dead."
    )
    for reason, number in sorted(counts.dropped.items()):
        click.echo(f"  dropped, {reason.replace('_', ' ')}: {number:,}")
    if counts.dead:
        click.echo("  dead: the page Listening shows each with its line and the reason")
    click.echo(f"{counts.cases_opened:,} cases opened.")
