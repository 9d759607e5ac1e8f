"""The shell: ``amends``. Commands import their parts late, so that each starts fast."""

import sys
from importlib import import_module
from typing import Final

import click

from amends import __version__
from amends.terms import AmendsError

# Where each lies: none loads what another needs.
_COMMANDS: Final = {
    "audit": ("admin", "audit"),
    "bench": ("bench", "bench"),
    "cluster": ("cluster", "cluster"),
    "demo": ("demo", "demo"),
    "evidence": ("evidence", "evidence"),
    "guard": ("guard", "guard"),
    "import": ("history", "import_history"),
    "learn": ("training", "learn"),
    "listen": ("listen", "listen"),
    "match": ("match", "match"),
    "migrate": ("admin", "migrate"),
    "read": ("read", "read"),
    "run": ("run", "run"),
    "sign-in": ("admin", "sign_in"),
    "train": ("training", "train"),
    "web": ("run", "web"),
    "work": ("run", "work"),
}


class _Late(click.Group):
    """Loads a command when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 (as click asks)
        return sorted(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name]
        found: click.Command = getattr(import_module(f"amends.cli.{module}"), name)
        return found


@click.group(cls=_Late, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="amends")
def cli() -> None:
    """The open, self-hosted desk for customers who are unhappy in public."""


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
