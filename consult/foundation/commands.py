"""What every command shares: errors in one plain line, exit codes, progress on standard error."""

import os
import sys
import traceback
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, ParamSpec, TypeVar

import click
from sqlalchemy.exc import OperationalError, ProgrammingError

from consult.foundation.errors import BadInput, Busy, ConsultError

FAULT = 1
BAD_INPUT = 2
SHOW_TRACE = "CONSULT_TRACE"

Given = ParamSpec("Given")
Result = TypeVar("Result")


class PlainUsage(click.ClickException):
    """A wrong option, said in one line; exit code 2."""

    exit_code = BAD_INPUT


class PlainCommand(click.Command):
    """A command that answers a wrong option in one line: `@group.command("name", cls=PlainCommand)`."""

    def make_context(self, *args: Any, **kwargs: Any) -> click.Context:
        try:
            return super().make_context(*args, **kwargs)
        except click.UsageError as error:
            raise PlainUsage(f"{error.format_message()} See --help.") from error


def plain_errors(command: Callable[Given, Result]) -> Callable[Given, Result]:
    """End a command by one plain line on standard error: 2 for bad input, 1 for a fault of ours.

    Put it under the click decorators, nearest to the function.
    """

    @wraps(command)
    def run(*args: Given.args, **kwargs: Given.kwargs) -> Result:
        try:
            return command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit, click.Abort):
            raise
        except ConsultError as refused:
            complain(refused)
            raise SystemExit(FAULT if isinstance(refused, Busy) else BAD_INPUT) from None
        except Exception as fault:
            complain_of_fault(fault)
            raise SystemExit(FAULT) from None

    return run


def complain(refused: ConsultError) -> None:
    """Print a refusal: its problems, each on a line, then what it means."""
    if isinstance(refused, BadInput):
        say(*refused.problems)
    say(f"Error: {refused}")


def complain_of_fault(fault: Exception) -> None:
    """Print a fault in one line; its own words may quote evidence, so they are shown only when asked for."""
    if os.environ.get(SHOW_TRACE) == "1":
        say(traceback.format_exc())
    if is_unprepared(fault):
        say("Error: the database has no tables yet, or old ones. Run: flask --app wsgi db upgrade")
    else:
        kind = type(fault).__name__
        say(f"Error: something broke on our side ({kind}). Run again with {SHOW_TRACE}=1 to see where.")


def is_unprepared(fault: Exception) -> bool:
    """Tell whether a table or column is missing."""
    if not isinstance(fault, OperationalError | ProgrammingError):
        return False
    words = str(fault.orig)
    return "no such table" in words or "no such column" in words or "does not exist" in words


def say(*lines: str) -> None:
    """Print lines on standard error."""
    for line in lines:
        click.echo(line, err=True)


def counted(number: int, noun: str) -> str:
    """Return a number with its noun: 1 submission, 1,200 submissions."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


@contextmanager
def progress(total: int, what: str) -> Iterator[Callable[[int], None]]:
    """Show a bar on standard error while the block runs; call what is given with how many more are done."""
    with click.progressbar(length=total, label=what, file=sys.stderr, show_pos=True) as bar:
        yield bar.update


def batches(things: list[Result], size: int) -> Iterable[list[Result]]:
    """Return a list in pieces of at most `size`."""
    return (things[first : first + size] for first in range(0, len(things), size))
