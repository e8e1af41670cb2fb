"""The one place that reads the wall clock; everything else is given the time."""

from datetime import UTC, datetime


def now() -> datetime:
    """Return the present moment as aware UTC."""
    return datetime.now(UTC)
