"""What every command shares: one plain line for whatever goes wrong, and the exit code that fits it."""

import logging
from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click

from consult.foundation.errors import BadInput, Busy, ConsultError

MOST_PROBLEMS = 5

P = ParamSpec("P")
R = TypeVar("R")

log = logging.getLogger(__name__)


class FaultError(click.ClickException):
    """A fault of ours or of the machine, in one line; exit code 1."""

    exit_code = 1

    def __init__(self, message: str) -> None:
        super().__init__(" ".join(message.split()))


class BadInputError(FaultError):
    """What was given cannot be used, in one line; exit code 2."""

    exit_code = 2


class PlainCommand(click.Command):
    """A command that answers a wrong option with one line: `@group.command("name", cls=PlainCommand)`."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            raise BadInputError(f"{error.format_message()} See --help.") from error


def plain_errors(command: Callable[P, R]) -> Callable[P, R]:
    """Exit 2 with one line for what was refused, 1 for a fault; put it under the click decorators."""

    @wraps(command)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> R:
        try:
            return command(*args, **kwargs)
        except Busy as error:
            raise FaultError(str(error)) from error
        except ConsultError as error:
            raise BadInputError(in_one_line(error)) from error
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except Exception as error:
            log.debug("a command broke", exc_info=error)
            raise FaultError(f"it broke ({type(error).__name__}: {error})") from error

    return guarded


def in_one_line(error: ConsultError) -> str:
    """Return the message with the first of its problems."""
    problems = error.problems if isinstance(error, BadInput) else []
    more = f" … and {len(problems) - MOST_PROBLEMS} more" if len(problems) > MOST_PROBLEMS else ""
    return " ".join([str(error), *problems[:MOST_PROBLEMS]]) + more
