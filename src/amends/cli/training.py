"""``amends train``: make a reader from labelled posts."""

from pathlib import Path

import click

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
    help="Tune a new encoder from this BERT first (needs PyTorch; hours).",
)
@click.option("--epochs", default=1, show_default=True, help="Rounds of tuning with --start.")
def train(
    folder: Path,
    out: Path,
    seed: int,
    permissive: bool,
    encoder: Path | None,
    fast_only: bool,
    start: Path | None,
    epochs: int,
) -> None:
    """Train a reader from the labelled sets in FOLDER; writes weights, model card and evaluation
    report to --out."""
    try:
        from amends.understanding.reader import SHIPPED
        from amends.understanding.training import discover, train_from, tune_encoder
    except ImportError as error:
        raise BadInput("Training needs scikit-learn: pip install 'amends[train]'.") from error

    def say(sentence: str) -> None:
        click.echo(sentence, err=True)

    files = discover(folder)
    if start:
        tune_encoder(
            files, start, out, seed=seed, epochs=epochs, permissive=permissive, progress=say
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
    )
    click.echo(f"The reader and its card are in {out}.")
