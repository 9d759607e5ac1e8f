"""``amends cluster``: receivers, workers and the broker between them, for several machines."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from amends.terms import BadInput

if TYPE_CHECKING:
    from amends.config.settings import Settings
    from amends.listening.cluster import Layout

_FILE = click.Path(path_type=Path)


@click.group(short_help="Listen on many machines, with NATS JetStream between them.")
def cluster() -> None:
    """Listen on many machines: receivers, a broker, workers. See docs/operations.md."""


@cluster.command("set-up", short_help="Make the streams in the broker, or bring them in line.")
def set_up() -> None:
    """Make what is missing in the broker. Receivers and workers do so too when they start."""
    from amends.cli.clustering import Work, act

    work = Work.begin("amends set-up")

    async def main() -> None:
        async with work.broker() as broker:
            await work.ready(broker)

    act(main())
    click.echo(f"The broker keeps {work.layout.frames} and {work.layout.cursors}.")


@cluster.command(short_help="Put the frames of a source into the broker.")
@click.argument("source")
@click.option(
    "--channel", required=True, metavar="NETWORK:HANDLE", help="The channel that hears them."
)
@click.option(
    "--kind",
    default=None,
    help="What the frames are, where looking fails: posts, x, jetstream, mastodon.",
)
@click.option("--follow", is_flag=True, help="Read on as a file grows.")
@click.option("--token", type=_FILE, default=None, help="A file with the token for HTTP addresses.")
@click.option("--every", default=60.0, help="Seconds between lines of figures.", show_default=True)
def receive(
    source: str, channel: str, kind: str | None, follow: bool, token: Path | None, every: float
) -> None:
    """Receive from SOURCE until it ends: a file of JSON lines, - for standard input, bluesky,
    jetstream:wss://HOST, or an https:// or wss:// address; see docs/listening.md.

    Killed and started again, it goes on where the broker says that it stood.
    """
    from amends.cli.clustering import Receiving, Work, act
    from amends.cli.listen import bearer

    work = Work.begin(f"amends receive {channel}", desk=True)
    receiving = Receiving(work, source, channel, kind=kind, follow=follow, headers=bearer(token))
    act(receiving.run(every))


@cluster.command(short_help="Work frames from the broker into the desk.")
@click.option("--every", default=60.0, help="Seconds between lines of figures.", show_default=True)
def work(every: float) -> None:
    """Match, read and store what receivers put into the broker. Run as many as you have cores.

    One that is killed takes nothing with it; one that is told to stop gives back what it holds.
    """
    from amends.cli.clustering import Work, Working, act

    act(Working(Work.begin("amends work", desk=True)).run(every))


@cluster.command(short_help="Say how the cluster stands.")
@click.option("--json", "as_json", is_flag=True, help="Print everything as one JSON object.")
def status(as_json: bool) -> None:
    """Say how the cluster stands: copies, room, lanes, workers. Exit status 1 where not well."""
    import msgspec

    from amends.cli.clustering import Work, act
    from amends.listening.cluster import State, look, sentences, table
    from amends.terms import SystemClock

    work, found = Work.begin("amends status"), list[State]()

    async def main() -> None:
        async with work.broker() as broker:
            found.append(await look(broker))

    act(main())
    said = sentences(found[0], now=SystemClock().now())
    if as_json:
        body = msgspec.to_builtins(found[0]) | {"said": said}
        click.echo(msgspec.json.encode(body).decode())
    else:
        click.echo("\n".join([*said, "", table(found[0])]))
        for source, cursor in found[0].cursors.items():
            click.echo(f"{source} stands at {cursor}")
    sys.exit(0 if said[0].startswith("All is well") else 1)


def layout_of(settings: "Settings") -> "Layout":
    """The layout that the settings describe. Raises ``BadInput``."""
    from amends.listening.cluster import Layout

    partitions, replicas = settings.nats_partitions, settings.nats_replicas
    if not 1 <= partitions <= 64:
        raise BadInput(f"AMENDS_NATS_PARTITIONS is {partitions}. Write a number from 1 to 64.")
    if replicas not in (1, 3, 5):
        raise BadInput(f"AMENDS_NATS_REPLICAS is {replicas}. Write 1, 3 or 5.")
    if settings.nats_ack_wait < 1:
        raise BadInput("AMENDS_NATS_ACK_WAIT is 0. Write a number of seconds, such as 30.")
    if settings.nats_gigabytes < 1:
        raise BadInput("AMENDS_NATS_GIGABYTES is 0. Write how much each node may keep, at least 1.")
    return Layout(
        partitions=partitions,
        replicas=replicas,
        ack_wait_s=settings.nats_ack_wait,
        max_bytes=settings.nats_gigabytes << 30,
    )
