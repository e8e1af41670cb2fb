"""How much time a call still has, in the words people use."""

from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

_HOUR = timedelta(hours=1)


def time_left(closes_at: datetime, at: datetime, zone: ZoneInfo) -> str:
    """Return what remains until closing: by the clock on the last day, by calendar days before."""
    days = (closes_at.astimezone(zone).date() - at.astimezone(zone).date()).days
    if days > 1:
        return f"{days:,} days left"
    if days == 1:
        return "closes tomorrow"
    if closes_at - at > _HOUR:
        hours = round((closes_at - at) / _HOUR)
        return f"closes today, in about {hours} hour{'' if hours == 1 else 's'}"
    minutes = max(1, ceil((closes_at - at) / timedelta(minutes=1)))
    return "closes within a minute" if minutes == 1 else f"closes in {minutes} minutes"
