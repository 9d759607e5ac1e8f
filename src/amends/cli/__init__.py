"""The shell: ``amends``. Commands import their parts late, so that each starts fast."""

import sys

import click

from amends import __version__
from amends.cli import (
    admin,
    bench,
    cluster,
    demo,
    evidence,
    guard,
    history,
    listen,
    match,
    read,
    run,
    training,
)
from amends.terms import AmendsError


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="amends")
def cli() -> None:
    """The open, self-hosted desk for customers who are unhappy in public."""


for _command in (
    run.run,
    run.web,
    run.work,
    history.import_history,
    listen.listen,
    match.match,
    guard.guard,
    read.read,
    cluster.cluster,
    bench.bench,
    admin.migrate,
    admin.sign_in,
    admin.audit,
    evidence.evidence,
    demo.demo,
    training.train,
    training.learn,
):
    cli.add_command(_command)


def main() -> None:
    """Run a command. What Amends refuses is one sentence on stderr and exit status 1."""
    try:
        cli.main(prog_name="amends", standalone_mode=False)
    except click.exceptions.Abort:
        sys.exit(130)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except AmendsError as error:
        click.echo(str(error), err=True)
        sys.exit(1)
