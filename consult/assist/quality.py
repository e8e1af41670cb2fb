"""How good suggestions are, by code: counts as estimates with intervals."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy.orm import Session

from consult.coding.queries.quality import CodeCounts, counts_by_code

if TYPE_CHECKING:
    from nlp.estimates import Estimate, Stopping, Stratum

# Of what is there, this share is to be found before reading may stop.
TARGET = 0.9


@dataclass(frozen=True)
class CodeQuality:
    """One code with its figures, ready to be shown."""

    counts: CodeCounts
    precision: "Estimate"
    found: "Estimate"
    prevalence: "Estimate"
    enough: "Stopping"


def estimates_of(session: Session, inquiry_id: int) -> list[CodeQuality]:
    """Return the estimates of each active code."""
    return [estimated(counts) for counts in counts_by_code(session, inquiry_id)]


def estimated(counts: CodeCounts) -> CodeQuality:
    """Return what the blind sample says of one code."""
    from nlp.estimates import Stratum, enough_read, recall_by_elusion, share

    proposed = _stratum(counts.right, counts.proposed, counts.proposed_of_all)
    left = _stratum(
        counts.missed, counts.sample - counts.proposed, counts.population - counts.proposed_of_all
    )
    seen = counts.right + counts.missed
    unread = max(counts.sample, counts.population - max(counts.begun, counts.found_before))
    return CodeQuality(
        counts=counts,
        precision=share(proposed.found, proposed.sample, population=proposed.population),
        found=recall_by_elusion(proposed, left),
        prevalence=share(seen, counts.sample, population=max(counts.sample, counts.population)),
        enough=enough_read(counts.found_before, Stratum(seen, counts.sample, unread), target=TARGET),
    )


def _stratum(found: int, sample: int, population: int) -> "Stratum":
    from nlp.estimates import Stratum

    return Stratum(found, sample, max(sample, population))
