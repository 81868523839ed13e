"""The table of the command's words, and what holds for every one of them."""

import os
import sys
from importlib import import_module

import typer

from deploy.dev import ground
from deploy.dev.settings import StackSettings
from deploy.dev.surroundings import adopt
from deploy.dev.trouble import Trouble

WORDS = {
    "up": "deploy.cli.up:up",
    "stop": "deploy.cli.stop:stop",
    "status": "deploy.cli.status:status",
    "clock": "deploy.cli.clock:clock",
    "import": "deploy.cli.importing:import_sheet",
    "samples": "deploy.cli.samples:samples",
    "journey": "deploy.cli.journey:write_journey",
    "contracts": "deploy.cli.contracts:write_contracts",
    "pack": "deploy.cli.packs:app",
    "replay": "deploy.cli.replaying:replay",
    "rebuild": "deploy.cli.rebuilding:rebuild",
    "reconcile": "deploy.cli.reconciling:reconcile",
    "deadletter": "deploy.cli.letters:app",
    "verify": "deploy.cli.verifying:verify_stores",
    "checkpoint": "deploy.cli.verifying:write_checkpoint",
    "export": "deploy.cli.verifying:export_case",
    "recover": "deploy.cli.recovering:recover",
}
"""Each word and where it is: a function, or a ``typer.Typer`` for a word with words of its own."""

STANDS_IN_THE_WAY = 2
INTERRUPTED = 130


def application(asked: str = "") -> typer.Typer:
    """The command with the word that is asked for, or with all of them when that is none of its words."""
    app = typer.Typer(name="redress", no_args_is_help=True, add_completion=False, help="Run and look after Redress.")
    app.callback()(surround)
    for word, place in {asked: WORDS[asked]}.items() if asked in WORDS else WORDS.items():
        module, _, name = place.partition(":")
        found = getattr(import_module(module), name)
        if isinstance(found, typer.Typer):
            app.add_typer(found, name=word)
        else:
            app.command(word)(found)
    return app


def surround(context: typer.Context) -> None:
    """Run and look after Redress."""
    if context.invoked_subcommand != "up":
        adopt(StackSettings.from_environment(), os.environ)


def main() -> None:
    """Run the command; what a person can mend is told in one sentence, with exit code 2."""
    try:
        application(*sys.argv[1:2])()
    except Trouble as trouble:
        _end(str(trouble), STANDS_IN_THE_WAY)
    except OSError as error:
        told = ground.explained(error)
        if told is None:
            raise
        _end(str(told), STANDS_IN_THE_WAY)
    except KeyboardInterrupt:
        _end("Broken off.", INTERRUPTED)


def _end(sentence: str, code: int) -> None:
    print(sentence, file=sys.stderr)
    sys.exit(code)
