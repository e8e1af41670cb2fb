"""How sure suggestions have to be for an inquiry, and what a run records of its scores; numbers only."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from sqlalchemy.orm import Session

from consult.assist.rules import most_to_propose
from consult.coding.queries.quality import judged_suggestions
from consult.coding.queries.settings import wanted_of
from consult.coding.rules_quality import Wanted

if TYPE_CHECKING:
    from nlp.calibration import AcceptanceCurve, Floor
    from nlp.types import Proposal

# What is less likely is not worth a look, whatever precision is wanted.
LEAST_FLOOR = 0.10
TENTHS = 10


@dataclass(frozen=True)
class Terms:
    """On what terms a run proposes: how many codes a passage, from which score on, and what scores mean."""

    wanted: Wanted
    limit: int
    floor: float
    aim: "Floor | None"
    curve: "AcceptanceCurve"

    def summary(self) -> dict[str, Any]:
        """Return the terms as the run records them."""
        return {
            "limit": self.limit,
            "floor": self.floor,
            "wanted_precision": self.wanted.precision,
            "expected_precision": self.aim.precision if self.aim else None,
            "reached": self.aim.reached if self.aim else None,
            "acceptance": self.curve.summary(),
        }


def terms_of(session: Session, inquiry_id: int, decided: int) -> Terms:
    """Return on what terms to propose, by what the inquiry wants and what was decided before."""
    from nlp.calibration import AcceptanceCurve, Judged

    judged = [Judged(j.code_slug, j.score, j.accepted) for j in judged_suggestions(session, inquiry_id)]
    curve = AcceptanceCurve().fit(judged)
    wanted = wanted_of(session, inquiry_id) or Wanted()
    aim = curve.floor(wanted.precision / 100) if wanted.precision else curve.precision_from(LEAST_FLOOR)
    # Before enough was decided nothing says how many are right, and silence would keep it so.
    floor = max(LEAST_FLOOR, aim.score) if aim else LEAST_FLOOR
    return Terms(wanted, most_to_propose(decided, wanted.most), floor, aim, curve)


@dataclass
class Tally:
    """Counts what a run proposes while it goes along."""

    passages: int = 0
    suggestions: int = 0
    abstained: int = 0
    best: Counter[int] = field(default_factory=Counter)
    by_code: Counter[str] = field(default_factory=Counter)
    from_definition: int = 0

    def add(self, proposals: "Sequence[Proposal]") -> None:
        """Count a batch."""
        for proposal in proposals:
            self.passages += 1
            self.abstained += proposal.abstained
            self.suggestions += len(proposal.codes)
            self.by_code.update(found.code for found in proposal.codes)
            self.from_definition += sum(found.from_definition for found in proposal.codes)
            if proposal.codes:
                self.best[min(TENTHS - 1, int(proposal.codes[0].score * TENTHS))] += 1

    def summary(self) -> dict[str, Any]:
        """Return the counts as the run records them; `best` counts passages by tenths of their best score."""
        return {
            "best": [self.best[tenth] for tenth in range(TENTHS)],
            "by_code": dict(sorted(self.by_code.items())),
            "from_definition": self.from_definition,
        }
