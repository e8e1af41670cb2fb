"""What a call says to the public, text by text, and what of it has its Welsh."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consult.calls.models import (
    Call,
    InLanguages,
    MatrixRow,
    Option,
    Place,
    Question,
    RespondentType,
    Section,
)
from consult.calls.rules import (
    LONGEST_HINT,
    LONGEST_NAME,
    LONGEST_OPTION,
    LONGEST_PROMPT,
    LONGEST_PROSE,
    LONGEST_TITLE,
    QuestionKind,
)
from consult.foundation.language import WELSH

# Beside the words of a language lies, for each, a mark of the English that they were written for.
OF = f"{WELSH} of"
LONGEST = {
    "title": LONGEST_TITLE,
    "purpose": LONGEST_PROSE,
    "terms": LONGEST_PROSE,
    "what_happens": LONGEST_PROSE,
    "introduction": LONGEST_PROSE,
    "prompt": LONGEST_PROMPT,
    "hint": LONGEST_HINT,
    "wording": LONGEST_OPTION,
    "minimum_meaning": LONGEST_NAME,
    "maximum_meaning": LONGEST_NAME,
    "name": LONGEST_NAME,
}
IN_PROSE = frozenset({"purpose", "terms", "what_happens", "introduction"})
CALL_FIELDS = (
    ("title", "Title"),
    ("purpose", "What this call is for"),
    ("terms", "Who may answer"),
    ("what_happens", "What happens to people’s words"),
)
QUESTION_FIELDS = (
    ("prompt", "question"),
    ("hint", "hint"),
    ("minimum_meaning", "lowest point"),
    ("maximum_meaning", "highest point"),
)


@dataclass(frozen=True)
class Text:
    """One text of a call or its inquiry: where it stands, its English and its Welsh."""

    row: InLanguages
    field: str
    key: str
    where: str

    @property
    def english(self) -> str:
        return str(getattr(self.row, self.field))

    @property
    def welsh(self) -> str:
        return str(self.row.translations.get(WELSH, {}).get(self.field, ""))

    @property
    def is_missing(self) -> bool:
        return not self.welsh

    @property
    def is_behind(self) -> bool:
        """Tell whether the English has changed since the Welsh was written."""
        return bool(self.welsh) and self.row.translations.get(OF, {}).get(self.field) != mark_of(self.english)

    @property
    def longest(self) -> int:
        return LONGEST[self.field]

    @property
    def in_prose(self) -> bool:
        return self.field in IN_PROSE

    def write(self, welsh: str) -> None:
        """Set the Welsh, or take it away; a new dictionary, for SQLAlchemy sees no change within one."""
        kept = {language: dict(words) for language, words in self.row.translations.items()}
        kept.setdefault(WELSH, {}).pop(self.field, None)
        kept.setdefault(OF, {}).pop(self.field, None)
        if welsh:
            kept[WELSH][self.field], kept[OF][self.field] = welsh, mark_of(self.english)
        self.row.translations = {language: words for language, words in kept.items() if words}


@dataclass(frozen=True)
class Part:
    """Texts that stand together under a heading."""

    title: str
    texts: tuple[Text, ...]


def mark_of(english: str) -> str:
    """Return by which it is known later whether the English is still the same."""
    return hashlib.sha256(english.encode()).hexdigest()[:16]


def parts_of(call: Call, places: Sequence[Place], types: Sequence[RespondentType]) -> list[Part]:
    """Return all that a loaded call says, in the order in which the public meets it; nothing empty."""
    parts = [
        Part("The call", tuple(_texts("call", call, CALL_FIELDS))),
        *(_section(section) for section in call.sections),
        *(_question(question) for question in call.questions),
        Part(
            "The inquiry, in all its calls",
            tuple(_texts("inquiry", call.inquiry, (("title", "Inquiry title"),))),
        ),
        Part("Respondent types, in all its calls", tuple(_names("type", "Respondent type", types))),
    ]
    if any(question.kind is QuestionKind.PLACE for question in call.questions):
        parts.append(Part("Places, in all its calls", tuple(_names("place", "Place", places))))
    return [part for part in parts if part.texts]


def obstacle_in(parts: Iterable[Part]) -> str:
    """Return what keeps a call from being offered in Welsh, or nothing."""
    lacking = [text.where for part in parts for text in part.texts if text.is_missing or text.is_behind]
    if not lacking:
        return ""
    more = f" and {len(lacking) - 3} more" if len(lacking) > 3 else ""
    verb = "has" if len(lacking) == 1 else "have"
    said = f"{'; '.join(lacking[:3])}{more} {verb} no Welsh, or that of an earlier wording"
    return f"{said}: see Welsh of this call."


def _section(section: Section) -> Part:
    name = f"Section {section.position}"
    fields = (("title", "title"), ("introduction", "introduction"))
    return Part(name, tuple(_texts(f"section-{section.id}", section, fields, name)))


def _question(question: Question) -> Part:
    name = f"Question {question.number}"
    lines: list[tuple[str, Option | MatrixRow, str]] = [
        *(("row", row, f"row {row.position}") for row in question.rows),
        *(("option", option, f"option {option.position}") for option in question.options),
    ]
    return Part(
        name,
        (
            *_texts(f"question-{question.id}", question, QUESTION_FIELDS, name),
            *(
                Text(line, "wording", f"{kind}-{line.id}-wording", f"{name}, {where}")
                for kind, line, where in lines
            ),
        ),
    )


def _names(kind: str, what: str, rows: Sequence[Place] | Sequence[RespondentType]) -> Iterable[Text]:
    return (Text(row, "name", f"{kind}-{row.id}-name", f"{what} “{row.name}”") for row in rows)


def _texts(key: str, row: InLanguages, fields: Iterable[tuple[str, str]], within: str = "") -> Iterable[Text]:
    """Return the fields of a row that hold words."""
    return (
        Text(row, field, f"{key}-{field}", f"{within}, {name}" if within else name)
        for field, name in fields
        if getattr(row, field)
    )
