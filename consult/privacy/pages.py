"""What the pages of privacy show, in words for people."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import render_template

from consult.foundation.language import _, lazy, ngettext
from consult.foundation.typeset import pdf
from consult.foundation.web import as_date, as_time
from consult.privacy.queries import ErasureLine, Step
from consult.privacy.rules import GROUND_WORDS, KIND_WORDS, Period, RetentionEvent, RetentionKind
from consult.privacy.service.carrying_out import DONE, FILES, LOG, SCAN

# As people name what lies in a table; what is not listed is called by its own name.
STORE_WORDS = {
    "source_texts": "Texts",
    "submissions": "Submissions",
    "submission_versions": "Versions",
    "respondents": "Names and addresses",
    "latest_runs": "What the machine has read",
    "marks": "Things noticed on arrival",
    "state_moves": "Moves on the clerk’s desk",
    "provenances": "How it came",
    "search_texts": "Search index",
    "decisions": "Decisions on suggestions",
}
KEPT_WORDS = {
    RetentionKind.ADDRESSES: "E-mail addresses of respondents",
    RetentionKind.NOT_COUNTED: "Submissions out of scope or withdrawn",
    RetentionKind.ORIGINALS: "Originals of files; the words read from them stay",
    RetentionKind.REASONS: "Reasons that staff gave, in the audit log and in moves",
}
PUBLIC_WORDS = {
    RetentionKind.ADDRESSES: lazy("Your e-mail address"),
    RetentionKind.NOT_COUNTED: lazy("Evidence that you withdrew, or that was not about this inquiry"),
    RetentionKind.ORIGINALS: lazy("The files you sent, as you sent them; the words read from them stay"),
    RetentionKind.REASONS: lazy("Notes of our staff on how your evidence was handled"),
}


@dataclass(frozen=True)
class Receipt:
    """A receipt as it is shown."""

    line: ErasureLine
    kind: str
    ground: str
    stores: list[tuple[str, int]]
    files: int
    log_emptied: bool
    found_again: list[tuple[str, int]]


def afterwards(receipt: Receipt, exports: Sequence[datetime]) -> list[str]:
    """Return what was looked for and done when all stores had been reached, a sentence each."""
    if receipt.found_again:
        stores = ", ".join(f"{store} ({count:,})" for store, count in receipt.found_again)
        found = (
            "Every table was searched for stretches of what was erased. The same words still stand in rows "
            f"that are not this person’s, such as letters of others with the same words: {stores}."
        )
    else:
        found = "Every table was searched for stretches of what was erased. Nothing was found."
    emptied = "The database’s own log, or its dead rows, were emptied."
    in_use = "The database’s own log was in use; it is emptied at the next occasion."
    told = [
        found,
        emptied if receipt.log_emptied else in_use,
        "Models that had learned from the words were deleted; new ones propose and group without them.",
        "Copies of the database are erased again when they are restored.",
    ]
    if exports:
        times = "once" if len(exports) == 1 else f"{len(exports)} times"
        told.append(
            f"Members had downloaded records {times} before, last on {as_date(exports[0])}. Those files are "
            "out of reach: ask who has them. The audit log names them."
        )
    return told


def receipt_facts(receipt: Receipt, inquiry_title: str) -> list[tuple[str, str]]:
    """Return what an erasure was, by name."""
    line = receipt.line
    facts = [
        ("Inquiry", inquiry_title),
        ("What", receipt.kind),
        ("Of", ", ".join(line.references)),
        ("Why", receipt.ground),
        ("Ordered", f"{as_time(line.ordered_at)}, by {line.by}"),
        ("Carried out", as_time(line.done_at) if line.done_at else "Not yet"),
    ]
    return [(name, value) for name, value in facts if value]


def receipt_as_pdf(receipt: Receipt, inquiry_title: str, exports: Sequence[datetime]) -> bytes:
    """Return a receipt to hand to whoever asked for the erasure."""
    stores = [*receipt.stores, ("Files", receipt.files)] if receipt.stores or receipt.files else []
    return pdf(
        "erasure",
        {
            "title": f"Receipt of erasure {receipt.line.id}",
            "lang": "en",
            "footer": inquiry_title,
            "facts": _named(receipt_facts(receipt, inquiry_title)),
            "reached_title": "What was reached",
            "columns": ["Store", "Erased or blotted out"],
            "stores": _named((store, f"{count:,}") for store, count in stores),
            "nothing": "Nothing of it was held any more.",
            "afterwards_title": "Looked for afterwards",
            "afterwards": afterwards(receipt, exports),
        },
    )


def _named(pairs: Iterable[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"name": name, "value": value} for name, value in pairs]


def store_in_words(store: str) -> str:
    """Return what a store is called on a page."""
    return STORE_WORDS.get(store) or store.replace("_", " ").capitalize()


def receipt_of(line: ErasureLine, steps: Iterable[Step]) -> Receipt:
    """Return a receipt of the steps of an erasure."""
    counts: dict[str, int] = {}
    for step in steps:
        counts[step.store] = counts.get(step.store, 0) + step.reached
    again = {name.removeprefix(f"{SCAN}: "): n for name, n in counts.items() if name.startswith(SCAN)}
    special = {FILES, LOG, DONE}
    stores = [(name, n) for name, n in counts.items() if name not in special and not name.startswith(SCAN)]
    return Receipt(
        line=line,
        kind=KIND_WORDS[line.kind],
        ground=GROUND_WORDS[line.ground],
        stores=sorted((store_in_words(name), n) for name, n in stores),
        files=counts.get(FILES, 0),
        log_emptied=bool(counts.get(LOG)),
        found_again=sorted((store_in_words(name), n) for name, n in again.items()),
    )


def what_goes_in_words(counts: Iterable[tuple[str, int]]) -> list[tuple[str, int]]:
    """Return the counts of a preview by store, in words."""
    return sorted((store_in_words(name), count) for name, count in counts)


def period_in_words(period: Period) -> str:
    """Return how long something is kept, for the public page."""
    if period.days is None:
        return _("As long as the inquiry’s records are kept")
    if period.event is RetentionEvent.CALL_CLOSED:
        return ngettext(
            "%(days)s day after the call closes", "%(days)s days after the call closes", period.days,
            days=period.days,
        )  # fmt: skip
    return ngettext(
        "%(days)s day after the report is out", "%(days)s days after the report is out", period.days,
        days=period.days,
    )  # fmt: skip


def shown(template: str, **values: Any) -> str:
    """Render a page of this room."""
    words = {"kind_words": KIND_WORDS, "ground_words": GROUND_WORDS, "kept_words": KEPT_WORDS}
    return render_template(f"privacy/{template}.html", **words, **values)
