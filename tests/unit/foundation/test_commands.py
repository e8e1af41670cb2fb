"""How a command ends: exit code and one plain line on standard error."""

import click
import pytest
from click.testing import CliRunner, Result
from sqlalchemy.exc import OperationalError

from consult.foundation.commands import batches, counted, plain_errors, progress
from consult.foundation.errors import BadInput, Busy, NotFound


def run(error: BaseException | None) -> Result:
    @click.command()
    @plain_errors
    def command() -> None:
        if error:
            raise error
        click.echo("result")

    return CliRunner().invoke(command)


def test_success_ends_with_zero_and_an_empty_standard_error() -> None:
    result = run(None)
    assert (result.exit_code, result.stdout, result.stderr) == (0, "result\n", "")


@pytest.mark.parametrize("error", [BadInput("Give a file."), NotFound("Give a file.")])
def test_bad_input_ends_with_two_and_one_line(error: Exception) -> None:
    result = run(error)
    assert (result.exit_code, result.stdout, result.stderr) == (2, "", "Error: Give a file.\n")


def test_each_problem_has_a_line_of_its_own() -> None:
    result = run(BadInput("Nothing was stored.", ["row 2: no text", "row 9: no text"]))
    assert result.stderr.splitlines() == ["row 2: no text", "row 9: no text", "Error: Nothing was stored."]


def test_busy_database_is_no_fault_of_the_input() -> None:
    assert run(Busy("Try again.")).exit_code == 1


def test_fault_ends_with_one_and_does_not_repeat_what_it_was_about(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CONSULT_TRACE", raising=False)
    result = run(ValueError("words given in confidence"))
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) == 1
    assert "ValueError" in result.stderr
    assert "confidence" not in result.stderr


def test_trace_is_shown_when_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONSULT_TRACE", "1")
    assert "Traceback" in run(ValueError("why")).stderr


def test_database_without_tables_is_told_with_the_remedy() -> None:
    result = run(OperationalError("SELECT 1", {}, Exception("no such table: inquiries")))
    assert result.exit_code == 1
    assert "db upgrade" in result.stderr


def test_click_keeps_its_own_way_with_wrong_usage() -> None:
    assert run(click.UsageError("No such option.")).exit_code == 2


def test_progress_goes_to_standard_error() -> None:
    @click.command()
    def command() -> None:
        with progress(3, "Storing") as advance:
            advance(3)

    result = CliRunner().invoke(command)
    assert result.stdout == ""
    assert "Storing" in result.stderr


def test_batches_keep_order_and_size() -> None:
    assert list(batches([1, 2, 3, 4, 5], 2)) == [[1, 2], [3, 4], [5]]


def test_numbers_agree_with_their_nouns() -> None:
    assert [counted(n, "word") for n in (0, 1, 1200)] == ["0 words", "1 word", "1,200 words"]
