"""Errors that the house raises; none knows of HTTP."""


class ConsultError(Exception):
    """Something was refused; the message tells a person what to do about it."""


class NotFound(ConsultError):
    """The record does not exist, or not for this inquiry."""


class Refused(ConsultError):
    """A rule forbids this act in the present state."""


class BadInput(ConsultError):
    """What was given cannot be used; `problems` lists each thing to put right."""

    def __init__(self, message: str, problems: list[str] | None = None) -> None:
        super().__init__(message)
        self.problems = problems or []


class Busy(ConsultError):
    """The database did not come free in time; nothing was stored, try again."""
