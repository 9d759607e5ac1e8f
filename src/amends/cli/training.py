"""``amends train``: make a reader from labelled posts. ``amends learn``: teach it the desk's own."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from amends.casework.correcting import LEAST
from amends.terms import BadInput


@click.command(short_help="Train a reader from labelled posts.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where to write it.")
@click.option("--seed", default=7, show_default=True, help="Seed of chance.")
@click.option("--permissive", is_flag=True, help="Train on clearly licensed sets alone.")
@click.option(
    "--encoder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder of the deep tier's encoder. Without it: the shipped one.",
)
@click.option("--fast-only", is_flag=True, help="Train the fast tier alone, without an encoder.")
@click.option(
    "--start",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Tune an encoder first, from this BERT or one written here (needs PyTorch; hours).",
)
@click.option("--epochs", default=1, show_default=True, help="Rounds of tuning with --start.")
@click.option(
    "--most", type=click.IntRange(1), help="With --start: so many texts of each task a round."
)
@click.option(
    "--tune",
    type=click.IntRange(1),
    help="Teach the encoder itself what a complaint is, in so many rounds (needs PyTorch; an hour).",
)
@click.option(
    "--goes",
    default=9,
    show_default=True,
    type=click.IntRange(1),
    help="With --tune: in how many goes domains are left out to be tried on.",
)
def train(
    folder: Path,
    out: Path,
    seed: int,
    permissive: bool,
    encoder: Path | None,
    fast_only: bool,
    start: Path | None,
    epochs: int,
    most: int | None,
    tune: int | None,
    goes: int,
) -> None:
    """Train a reader from the labelled sets in FOLDER; writes weights, model card and evaluation
    report to --out."""
    try:
        from amends.understanding.reader import SHIPPED
        from amends.understanding.training import Tuning, discover, train_from, tune_encoder
    except ImportError as error:
        raise BadInput("Training needs scikit-learn: pip install 'amends[train]'.") from error

    def say(sentence: str) -> None:
        click.echo(sentence, err=True)

    files = discover(folder)
    if start:
        tune_encoder(
            files,
            start,
            out,
            seed=seed,
            epochs=epochs,
            permissive=permissive,
            progress=say,
            most=most,
        )
        encoder = out
    train_from(
        files,
        out,
        seed=seed,
        permissive=permissive,
        progress=say,
        encoder=None if fast_only else encoder or SHIPPED,
        own_encoder=start is not None,
        tuning=Tuning(tune, goes) if tune else None,
    )
    click.echo(f"The reader and its card are in {out}.")


@click.command(short_help="Teach the reader what colleagues corrected.")
@click.option("--seed", default=7, show_default=True, help="Seed of chance.")
@click.option(
    "--least", default=LEAST, show_default=True, type=click.IntRange(10), help="Fewest corrections."
)
@click.option("--json", "as_json", is_flag=True, help="Print the figures as one JSON object.")
def learn(seed: int, least: int, as_json: bool) -> None:
    """Learn a light head over the reader from the desk's own corrections, and say what it is worth
    on corrections held back. It reads nothing before an administrator puts it in force."""
    from amends.cli.start import bring_up_to_date, chosen_reader, prepare

    prepare()
    bring_up_to_date()
    from amends.cli.progress import Bar
    from amends.desk.actions.learning import heads_folder, learn_head
    from amends.terms import SystemClock

    with Bar(enabled=sys.stderr.isatty()) as bar:
        made = learn_head(
            chosen_reader(), seed=seed, now=SystemClock().now(), progress=bar.show, least=least
        )
    if as_json:
        click.echo(json.dumps({"head": made.folder, "reader": made.reader} | made.figures))
        return
    for line in told(made.figures):
        click.echo(line)
    click.echo(f"{made.folder} and its card are in {heads_folder() / made.folder}.")
    click.echo("An administrator puts it in force under Set-up, Reading.")


def told(figures: Mapping[str, Any]) -> list[str]:
    """What was learnt, a line for each kind, and a warning where it reads worse."""
    lines = []
    for one in figures["kinds"]:
        low, high = one["change"]
        line = (
            f"{one['kind']}: {one['posts']} corrected posts, macro-F1 on those held back"
            f" {one['before']:.3f} before, {one['after']:.3f} after ({low:+.3f} to {high:+.3f})"
        )
        if one["recall"]:
            line += (
                f"; complaints found {one['recall'][0]:.0%} before, {one['recall'][1]:.0%} after"
            )
        lines.append(line)
    lines.append(
        f"of {figures['others']:,} posts that nobody corrected {figures['changed']:,} read otherwise"
    )
    if figures["worse"]:
        lines.append("Warning: it reads your corrections worse than without it. Better leave it.")
    return lines
