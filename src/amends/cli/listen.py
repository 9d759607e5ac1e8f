"""``amends listen``: watches on any stream of posts, without a desk."""

import sys
from pathlib import Path

import click

from amends.terms import BadInput

_FILE = click.Path(path_type=Path)


class _Wrong(click.ClickException):
    """What is wrong with the watches, each with its place; nothing was started."""

    exit_code = 2

    def show(self, file: object = None) -> None:
        del file
        click.echo(self.message, err=True)


@click.command(short_help="Listen to files and streams from the shell, without a desk.")
@click.argument("sources", nargs=-1, required=True, metavar="SOURCE...")
@click.option(
    "--watches", required=True, type=_FILE, help="A file of watches, one a line: NAME: QUERY."
)
@click.option(
    "--kind",
    default=None,
    help="What the lines are, where looking fails: posts, x, jetstream, mastodon.",
)
@click.option("--reading", is_flag=True, help="Add how probably each mention is a complaint.")
@click.option("--follow", is_flag=True, help="Read on as files grow.")
@click.option("--cursor", type=_FILE, default=None, help="Remember here how far each source is.")
@click.option("--dead", type=_FILE, default=None, help="Append here what cannot be read.")
@click.option("--token", type=_FILE, default=None, help="A file with the token for HTTP addresses.")
@click.option("--json", "as_json", is_flag=True, help="End with the counts as one JSON object.")
def listen(
    sources: tuple[str, ...],
    watches: Path,
    kind: str | None,
    reading: bool,
    follow: bool,
    cursor: Path | None,
    dead: Path | None,
    token: Path | None,
    as_json: bool,
) -> None:
    """Listen to each SOURCE and write what its watches match, one JSON object a line.

    SOURCE is a file of JSON lines (plain, gzip or zstd), - for standard input, bluesky,
    jetstream:wss://HOST, or an https:// or wss:// address; see docs/listening.md.
    """
    import asyncio

    from amends.cli.listening import Listening, Options
    from amends.listening.lines.watches import WatchesRefused

    options = Options(
        sources=sources,
        watches=watches,
        kind=kind,
        reading=reading,
        follow=follow,
        cursor=cursor,
        dead=dead,
        headers=bearer(token),
        as_json=as_json,
    )
    try:
        listening = Listening.begin(options)
    except WatchesRefused as error:
        raise _Wrong(str(error)) from error
    try:
        asyncio.run(listening.run())
    except BrokenPipeError:  # whoever read us has seen enough
        _close_quietly()
    finally:
        listening.end()


def bearer(token: Path | None) -> dict[str, str]:
    """The header that a file with a token comes to. Raises ``BadInput``."""
    if token is None:
        return {}
    try:
        written = token.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The token in {token} cannot be read; give a file of text.") from error
    if not written or not written.isascii() or not written.isprintable():
        raise BadInput(f"{token} holds no token; write it there alone, on one line.")
    return {"authorization": f"Bearer {written}"}


def _close_quietly() -> None:
    """Leave the interpreter nothing to flush into a pipe that is closed."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
