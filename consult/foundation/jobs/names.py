"""Every kind of job, so that a lower room can ask for work that an upper room does."""

from enum import StrEnum


class JobName(StrEnum):
    """The name under which work is queued and its handler registered."""

    SUBMISSIONS_RECEIVED = "submissions_received"
    SUGGESTIONS_WANTED = "suggestions_wanted"
    PERSONAL_DATA_WANTED = "personal_data_wanted"
    CAMPAIGNS_WANTED = "campaigns_wanted"
    GROUPS_WANTED = "groups_wanted"
    QUOTES_WANTED = "quotes_wanted"
    MAIL_QUEUED = "mail_queued"
    ERASURE_ORDERED = "erasure_ordered"
    FILES_DROPPED = "files_dropped"
    DOCUMENTS_UNREAD = "documents_unread"
    SPREADSHEET_GIVEN = "spreadsheet_given"
    SPREADSHEET_SETTLED = "spreadsheet_settled"


class JobState(StrEnum):
    """Where a job stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


FINISHED = frozenset({JobState.DONE, JobState.FAILED, JobState.CANCELLED})
