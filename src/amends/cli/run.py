"""``amends run``: the whole desk by one command; ``web`` and ``work`` are its two halves."""

import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Final

import click

from amends.terms import BadInput

GRACE_S: Final = 45.0  # more than what is on the wire is given


@click.command(short_help="Start the desk, all of it.")
def run() -> None:
    """Start the desk: pages, listeners and senders; with the demo network where no brand is set up."""
    from amends.cli.start import bring_up_to_date, prepare, take_lock, take_port
    from amends.cli.supervisor import Supervisor

    settings = prepare()
    with take_lock(settings.home):
        door = take_port(settings.host, settings.port)
        bring_up_to_date()
        from amends.cli.first import set_up_demo, sign_in_address

        if settings.demo:
            set_up_demo(settings)
        address = sign_in_address(settings)
        supervisor = Supervisor(door)
        supervisor.start()
        supervisor.wait_until_ready(settings)
        click.echo(f"Amends is at {settings.address}")
        if address:
            click.echo(f"Sign in, once and within a day: {address}")
        else:
            click.echo(
                f"Lost your way in? '{_this_command()} sign-in E-MAIL' prints a one-time link."
            )
        click.echo("Ctrl+C stops it.")
        sys.stdout.flush()
        sys.exit(supervisor.watch())


def _this_command() -> str:
    """How to call us from where we stand: by name where that is found, else by path."""
    if shutil.which("amends"):
        return "amends"
    path, here = Path(sys.argv[0]).absolute(), Path.cwd()
    return str(path.relative_to(here) if path.is_relative_to(here) else path)


@click.command(short_help="Serve the pages alone.")
@click.option("--fd", type=int, default=None, hidden=True, help="An open socket to serve on.")
@click.option("--tied", is_flag=True, hidden=True, help="End when standard input does.")
def web(fd: int | None, tied: bool) -> None:
    """Serve the pages alone, for setups with several machines."""
    import uvicorn

    from amends.cli.logs import quiet
    from amends.cli.serving import PagesServer
    from amends.cli.start import prepare

    settings = prepare()
    quiet(settings.log_level)
    if tied:
        _end_with_parent()
    config = uvicorn.Config(
        "amends.config.asgi:application",
        fd=fd,
        host=settings.host,
        port=settings.port,
        lifespan="off",
        access_log=False,
        log_config=None,
        proxy_headers=False,  # a forwarded address is believed from nobody
        server_header=False,
        timeout_graceful_shutdown=2,
        ws="none",
    )
    PagesServer(config).run()


@click.command(short_help="Listen and send alone.")
@click.option("--tied", is_flag=True, hidden=True, help="End when standard input does.")
def work(tied: bool) -> None:
    """Listen and send alone, for setups with several machines. Run one for each desk."""
    import asyncio

    from amends.cli.logs import quiet
    from amends.cli.start import chosen_reader, prepare

    settings = prepare()
    quiet(settings.log_level)
    if tied:
        _end_with_parent()
    from amends.desk.workers import Worker
    from amends.desk.workers import work as listen_and_send
    from amends.outbound import Outbound
    from amends.terms import SystemClock

    async def main() -> None:
        stop = asyncio.Event()
        loop = asyncio.get_running_loop()
        for name in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(name, stop.set)
        worker = Worker(
            reader=chosen_reader(),
            outbound=Outbound(allow=settings.allow_hosts),
            clock=SystemClock(),
        )
        await listen_and_send(worker, stop)

    asyncio.run(main())


def _end_with_parent() -> None:
    """Stop when standard input closes: the supervisor holds the other end, however it dies."""

    def wait() -> None:
        try:
            while os.read(0, 1):
                pass
        except OSError as error:
            raise BadInput(f"Standard input cannot be read: {error.strerror}.") from error
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE_S)
        os._exit(1)  # nobody is left who could end what hangs

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()
