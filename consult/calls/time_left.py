"""How much time a call still has, in the words people use."""

from datetime import datetime, timedelta
from math import ceil
from zoneinfo import ZoneInfo

from consult.foundation.language import _, ngettext

_HOUR = timedelta(hours=1)


def time_left(closes_at: datetime, at: datetime, zone: ZoneInfo) -> str:
    """Return what remains until closing: by the clock on the last day, by calendar days before."""
    days = (closes_at.astimezone(zone).date() - at.astimezone(zone).date()).days
    if days > 1:
        return ngettext("%(n)s day left", "%(n)s days left", days, n=f"{days:,}")
    if days == 1:
        return _("closes tomorrow")
    if closes_at - at > _HOUR:
        hours = round((closes_at - at) / _HOUR)
        return ngettext("closes today, in about %(num)s hour", "closes today, in about %(num)s hours", hours)
    minutes = max(1, ceil((closes_at - at) / timedelta(minutes=1)))
    if minutes == 1:
        return _("closes within a minute")
    return ngettext("closes in %(num)s minute", "closes in %(num)s minutes", minutes)
