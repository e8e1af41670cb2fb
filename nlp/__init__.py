"""A plain library: texts and code definitions in, suggestions with reasons out.

It knows no web, database, network, clock or environment. Names are loaded when first used,
because numpy, scipy and spaCy take a second that a command which does not need them should not pay.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.agreement import Agreement, Interval, bootstrap_interval, measure_agreement
    from nlp.duplicates import DuplicateFinder, Group, Member
    from nlp.errors import DamagedArtefactError, EmptyCodebookError, NlpError
    from nlp.passages import PassageCutter
    from nlp.personal import PersonalDataFinder, TextToSearch, installed_pipeline
    from nlp.personal_formats import PersonalData
    from nlp.proposer import Proposer
    from nlp.questions import Placed, Prompt, QuestionPlacer
    from nlp.types import CodeSpec, Decided, Proposal, Reason, ScoredCode, Span

_HOMES = {
    "Agreement": "nlp.agreement",
    "CodeSpec": "nlp.types",
    "DamagedArtefactError": "nlp.errors",
    "Decided": "nlp.types",
    "DuplicateFinder": "nlp.duplicates",
    "EmptyCodebookError": "nlp.errors",
    "Group": "nlp.duplicates",
    "Interval": "nlp.agreement",
    "Member": "nlp.duplicates",
    "NlpError": "nlp.errors",
    "PassageCutter": "nlp.passages",
    "PersonalData": "nlp.personal_formats",
    "PersonalDataFinder": "nlp.personal",
    "Placed": "nlp.questions",
    "Prompt": "nlp.questions",
    "Proposal": "nlp.types",
    "Proposer": "nlp.proposer",
    "QuestionPlacer": "nlp.questions",
    "Reason": "nlp.types",
    "ScoredCode": "nlp.types",
    "Span": "nlp.types",
    "TextToSearch": "nlp.personal",
    "bootstrap_interval": "nlp.agreement",
    "installed_pipeline": "nlp.personal",
    "measure_agreement": "nlp.agreement",
}

__all__ = [
    "Agreement",
    "CodeSpec",
    "DamagedArtefactError",
    "Decided",
    "DuplicateFinder",
    "EmptyCodebookError",
    "Group",
    "Interval",
    "Member",
    "NlpError",
    "PassageCutter",
    "PersonalData",
    "PersonalDataFinder",
    "Placed",
    "Prompt",
    "Proposal",
    "Proposer",
    "QuestionPlacer",
    "Reason",
    "ScoredCode",
    "Span",
    "TextToSearch",
    "bootstrap_interval",
    "installed_pipeline",
    "measure_agreement",
]


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
