"""``amends train``: make a reader from labelled posts."""

from pathlib import Path

import click

from amends.terms import BadInput


@click.command(short_help="Train a reader from labelled posts.")
@click.argument("folder", type=click.Path(path_type=Path, exists=True, file_okay=False))
@click.option("--out", type=click.Path(path_type=Path), required=True, help="Where to write it.")
@click.option("--seed", default=7, show_default=True, help="Seed of chance.")
@click.option("--permissive", is_flag=True, help="Train on clearly licensed sets alone.")
def train(folder: Path, out: Path, seed: int, permissive: bool) -> None:
    """Train a reader from the labelled sets in FOLDER; writes weights and model card to --out."""
    try:
        from amends.understanding.training import discover, train_from
    except ImportError as error:
        raise BadInput("Training needs scikit-learn: pip install 'amends[train]'.") from error

    def say(sentence: str) -> None:
        click.echo(sentence, err=True)

    train_from(discover(folder), out, seed=seed, permissive=permissive, progress=say)
    click.echo(f"The reader and its card are in {out}.")
