"""``amends demo``: the demo network as a process of its own."""

from pathlib import Path

import click


@click.group(short_help="The demo network, which needs no credentials.")
def demo() -> None:
    """The demo network: a small social network with people in it; it needs no credentials."""


@demo.command(short_help="Serve it over HTTP until stopped.")
@click.option(
    "--path",
    type=click.Path(path_type=Path),
    default=None,
    help="Its SQLite file; demo.sqlite3 in AMENDS_HOME if left out.",
)
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8010, show_default=True)
@click.option("--seed", default=7, show_default=True, help="Seed of the cast.")
@click.option("--cast/--no-cast", default=True, show_default=True, help="People in it, or nobody.")
@click.option("--token", default="demo", show_default=True, help="What clients must show.")
@click.option("--control", is_flag=True, help="Routes by which tests post and make it fail.")
def serve(
    path: Path | None, host: str, port: int, seed: int, cast: bool, token: str, control: bool
) -> None:
    """Serve the demo network over HTTP, in a process of its own, until stopped."""
    from amends.config.settings import load
    from amends.connectors.demo.server import serve as serve_network
    from amends.terms import SystemClock

    if path is None:
        home = load().home
        home.mkdir(parents=True, exist_ok=True)
        path = home / "demo.sqlite3"

    def ready(taken: int) -> None:
        click.echo(f"The demo network is at http://{host}:{taken}")

    serve_network(
        path,
        host=host,
        port=port,
        seed=seed,
        cast=cast,
        clock=SystemClock(),
        token=token,
        control=control,
        ready=ready,
    )
