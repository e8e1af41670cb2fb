"""A plain library: texts and code definitions in, suggestions with reasons out.

It knows no web, database, network, clock or environment. Names are loaded when first used,
because numpy, scipy and spaCy take a second that a command which does not need them should not pay.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.agreement import Agreement, Interval, bootstrap_interval, measure_agreement
    from nlp.calibration import AcceptanceCurve, Judged
    from nlp.drafts import Chosen, Quotable, choose
    from nlp.duplicates import DuplicateFinder, Group, Member
    from nlp.emergent import EmergentGroup, GroupFinder, novelty
    from nlp.errors import DamagedArtefactError, EmptyCodebookError, NlpError
    from nlp.estimates import Estimate, Stopping, Stratum, enough_read, recall_by_elusion
    from nlp.language import language_of
    from nlp.passages import PassageCutter
    from nlp.personal import PersonalDataFinder, TextToSearch, installed_pipeline
    from nlp.personal_formats import PersonalData
    from nlp.precedents import Precedent, Precedents
    from nlp.proposer import Proposer
    from nlp.questions import Placed, Prompt, QuestionPlacer
    from nlp.refresh import LiveRanking
    from nlp.types import CodeSpec, Decided, Proposal, Reason, ScoredCode, Span
    from nlp.which_next import Order, Unread, is_blind

_HOMES = {
    "AcceptanceCurve": "nlp.calibration",
    "Agreement": "nlp.agreement",
    "Chosen": "nlp.drafts",
    "CodeSpec": "nlp.types",
    "DamagedArtefactError": "nlp.errors",
    "Decided": "nlp.types",
    "DuplicateFinder": "nlp.duplicates",
    "EmergentGroup": "nlp.emergent",
    "EmptyCodebookError": "nlp.errors",
    "Estimate": "nlp.estimates",
    "Group": "nlp.duplicates",
    "GroupFinder": "nlp.emergent",
    "Interval": "nlp.agreement",
    "Judged": "nlp.calibration",
    "Member": "nlp.duplicates",
    "LiveRanking": "nlp.refresh",
    "NlpError": "nlp.errors",
    "Order": "nlp.which_next",
    "PassageCutter": "nlp.passages",
    "PersonalData": "nlp.personal_formats",
    "PersonalDataFinder": "nlp.personal",
    "Placed": "nlp.questions",
    "Prompt": "nlp.questions",
    "Precedent": "nlp.precedents",
    "Precedents": "nlp.precedents",
    "Proposal": "nlp.types",
    "Proposer": "nlp.proposer",
    "QuestionPlacer": "nlp.questions",
    "Quotable": "nlp.drafts",
    "Reason": "nlp.types",
    "ScoredCode": "nlp.types",
    "Span": "nlp.types",
    "Stopping": "nlp.estimates",
    "Stratum": "nlp.estimates",
    "TextToSearch": "nlp.personal",
    "Unread": "nlp.which_next",
    "bootstrap_interval": "nlp.agreement",
    "choose": "nlp.drafts",
    "enough_read": "nlp.estimates",
    "installed_pipeline": "nlp.personal",
    "is_blind": "nlp.which_next",
    "language_of": "nlp.language",
    "measure_agreement": "nlp.agreement",
    "novelty": "nlp.emergent",
    "recall_by_elusion": "nlp.estimates",
}

__all__ = [
    "AcceptanceCurve",
    "Agreement",
    "Chosen",
    "CodeSpec",
    "DamagedArtefactError",
    "Decided",
    "DuplicateFinder",
    "EmergentGroup",
    "EmptyCodebookError",
    "Estimate",
    "Group",
    "GroupFinder",
    "Interval",
    "Judged",
    "LiveRanking",
    "Member",
    "NlpError",
    "Order",
    "PassageCutter",
    "PersonalData",
    "PersonalDataFinder",
    "Placed",
    "Precedent",
    "Precedents",
    "Prompt",
    "Proposal",
    "Proposer",
    "QuestionPlacer",
    "Quotable",
    "Reason",
    "ScoredCode",
    "Span",
    "Stopping",
    "Stratum",
    "TextToSearch",
    "Unread",
    "bootstrap_interval",
    "choose",
    "enough_read",
    "installed_pipeline",
    "is_blind",
    "language_of",
    "measure_agreement",
    "novelty",
    "recall_by_elusion",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
