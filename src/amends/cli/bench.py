"""``amends bench``: what Amends costs on this machine."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from amends.cli import benching, casing, guard, storing
from amends.terms import BadInput


@click.group()
def bench() -> None:
    """Measure this machine with made-up posts, beside peers and bounds in the same run."""


bench.add_command(benching.cluster)
bench.add_command(storing.store)
bench.add_command(casing.cases)
bench.add_command(guard.bench_guard)

_OPTIONS = (
    click.option("--queries", default=10_000, show_default=True, help="How many queries listen."),
    click.option(
        "--common", default=0.02, show_default=True, help="Share that hangs on common words."
    ),
    click.option(
        "--seed", default=1, show_default=True, help="What posts and queries are drawn by."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object."),
)


def _workload(command: Callable[..., None]) -> Callable[..., None]:
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@bench.command(short_help="From JSON lines to texts.")
@click.option("--posts", default=40_000, show_default=True, help="How many posts are made.")
@_workload
def decode(as_json: bool, **task: Any) -> None:
    """Read texts out of JSON lines, beside reading the posts whole."""
    from amends.bench.listening import Task, bench_decode

    _tell(bench_decode(Task(**task)), as_json)


@bench.command(short_help="From JSON lines to mentions, with thousands of queries.")
@click.option("--posts", default=40_000, show_default=True, help="How many posts are made.")
@_workload
def match(as_json: bool, **task: Any) -> None:
    """Match queries against posts, beside a loop of regular expressions, one alternation, and
    plain scans of the same bytes."""
    from amends.bench.listening import Task, bench_match

    _tell(bench_match(Task(**task)), as_json)


@bench.command(short_help="A long stream, and the memory held meanwhile.")
@click.option("--posts", default=1_000_000, show_default=True, help="How many posts pass.")
@_workload
def listen(as_json: bool, **task: Any) -> None:
    """Let posts pass in one go, and say every ten seconds how fast and in how much memory."""
    from amends.bench.listening import Task, bench_listen

    def say(line: str) -> None:
        click.echo(line, err=True)

    _tell(bench_listen(Task(**task), say), as_json)


@bench.command(short_help="Readers side by side, on labelled posts.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--model", type=click.Path(path_type=Path, exists=True), help="Another reader's folder."
)
@click.option("--seed", default=7, show_default=True, help="What posts are drawn by.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def read(folder: Path, model: Path | None, seed: int, as_json: bool) -> None:
    """Read the validation sets in FOLDER with the fast tier, with both and with the deep one alone,
    and with VADER and TextBlob where they are installed: quality, and posts a second."""
    try:
        from amends.bench.reading import bench_reading
        from amends.understanding.training import discover
    except ImportError as error:
        raise BadInput("This needs scikit-learn: pip install 'amends[train]'.") from error

    _tell(bench_reading(discover(folder), model, seed), as_json)


@bench.command(short_help="What more labels would bring to a reader.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option(
    "--encoder", type=click.Path(path_type=Path, exists=True), help="Another encoder's folder."
)
@click.option(
    "--picture", type=click.Path(path_type=Path, dir_okay=False), help="An SVG to draw it in."
)
@click.option("--seed", default=7, show_default=True, help="What shares and folds are drawn by.")
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def curve(
    folder: Path, encoder: Path | None, picture: Path | None, seed: int, as_json: bool
) -> None:
    """Fit heads over the encoder on shares of the labelled sets in FOLDER and on some of its layers:
    what each doubling of the labels brought, and how many more a goal would take at that pace."""
    try:
        from amends.understanding.reader import SHIPPED
        from amends.understanding.training import discover
        from amends.understanding.training.curve import bench_curve, curve_lines
        from amends.understanding.training.curve_picture import picture as drawn
    except ImportError as error:
        raise BadInput("This needs scikit-learn: pip install 'amends[train]'.") from error

    def say(line: str) -> None:
        click.echo(line, err=True)

    told = bench_curve(discover(folder), encoder or SHIPPED, seed, say)
    if picture:
        picture.write_text(drawn(told), "utf-8")
    click.echo(json.dumps(told) if as_json else "\n".join(curve_lines(told)))


@bench.command(short_help="What faults of each network do to reading and replying.")
@click.option("--network", "chosen", multiple=True, help="This network alone; may be repeated.")
@click.option("--json", "as_json", is_flag=True, help="Print the rows as one JSON array.")
def faults(chosen: tuple[str, ...], as_json: bool) -> None:
    """Let every network fail in every way, on loopback: what was lost, what was doubled, and how long
    until it was well again. Fails unless nothing was lost, nothing doubled, and each was well again
    within the network's own back-off and five seconds."""
    import msgspec

    from amends.bench.faults import table
    from amends.bench.faults.worlds import WORLDS

    for name in chosen:
        if name not in WORLDS:
            raise BadInput(f"There is no {name} in the table; there are {', '.join(WORLDS)}.")
    found = table.measure(chosen or sorted(WORLDS), lambda name: click.echo(name, err=True))
    click.echo(msgspec.json.encode(found) if as_json else "\n".join(table.lines_of(found)))
    if not all(one.held for one in found):
        raise BadInput("Something was lost, doubled or late: the rows marked NOT HELD say what.")


def _tell(told: Any, as_json: bool) -> None:
    import msgspec

    from amends.bench.figures import lines_of

    click.echo(msgspec.json.encode(told).decode() if as_json else "\n".join(lines_of(told)))
