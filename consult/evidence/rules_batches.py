"""What can be proposed about a file that came by post or e-mail, from the words in it alone."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, timedelta
from email.utils import getaddresses, parsedate_to_datetime
from enum import StrEnum

from consult.evidence.extraction.result import Extraction, Outcome
from consult.evidence.rules import Channel
from consult.evidence.rules_desk import LONDON

MOST_FILES = 500
# Who sends something says so at its head, on its first page.
HEAD_CHARACTERS = 3_000
LONGEST_LINE = 160
MOST_WORDS_OF_A_NAME = 14
EARLIEST_MAIL = 1990


class FileState(StrEnum):
    """Where a dropped file stands."""

    WAITING = "waiting"
    READ = "read"
    REFUSED = "refused"
    LEFT_OUT = "left_out"
    STORED = "stored"


@dataclass(frozen=True)
class Proposal:
    """What a file seems to say of its sender; whatever it does not say is empty."""

    name: str = ""
    organisation: str = ""
    email: str = ""
    title: str = ""
    received_on: date | None = None
    channel: Channel | None = None


_BODY_WORDS = (
    "academy association authority board centre centres charity church cic club college commission "
    "committee community company cooperative council councils department federation forum foundation fund "
    "group hospital institute league limited ltd museum network organisation parish partnership party plc "
    "practice school service services society society's theatre trust union university"
)
_BODY = re.compile(rf"\b(?:{'|'.join(_BODY_WORDS.split())})\b", re.IGNORECASE)
_BY = re.compile(
    r"^(?:(?:written )?(?:evidence|response|submission)(?: (?:submitted|sent|given))? (?:by|from)"
    r"|(?:submitted|prepared|written|sent) by)\b:?[ \t]*(\S.*)$",
    re.IGNORECASE | re.MULTILINE,
)
_FOR = re.compile(
    r"^(?:on behalf of|organi[sz]ation(?: name)?:)[ \t]*:?[ \t]*(\S.*)$", re.IGNORECASE | re.MULTILINE
)
_NAME = re.compile(r"^(?:(?:your |full )?name|enw):[ \t]*(\S.*)$", re.IGNORECASE | re.MULTILINE)
_MAIL = re.compile(r"^e-?mail(?: address)?:[ \t]*(\S+@\S+\.\w+)\s*$", re.IGNORECASE | re.MULTILINE)
_QUESTION = re.compile(r"^\W*(?:question|cwestiwn|q)\.?\s{0,3}(\d{1,3})\b", re.IGNORECASE | re.MULTILINE)
_AGAIN = re.compile(r"^(?:(?:re|fwd?|fw|ymateb)\s*:\s*)+", re.IGNORECASE)
# What programs write where an author should stand.
_NOBODY = re.compile(
    r"(?:(?:default|microsoft office|windows) )?(?:admin|administrator|author|office|owner|pc|pdf|python-docx"
    r"|scanner|unknown|user|windows)",
    re.IGNORECASE,
)


def proposed_from(found: Extraction, *, today: date) -> Proposal:
    """Return what a file says of its sender: a message's header first, then its head, then its author."""
    head = first_page(found)
    name, organisation = named_in(head)
    sender, address = sender_of(found.mail.get("from", ""))
    typed = _MAIL.search(head)
    author = author_of(found)
    if sender and is_body(sender) and not organisation:
        sender, organisation = "", sender
    return Proposal(
        name=sender or name or ("" if organisation else author),
        organisation=organisation,
        email=address or (typed[1] if typed else ""),
        title=_AGAIN.sub("", found.mail.get("subject", "")),
        received_on=day_of(found.mail.get("date", ""), today=today),
        channel=Channel.EMAIL if found.kind == "eml" else None,
    )


def first_page(found: Extraction) -> str:
    """Return the head of a document, or of a message and of each document in it."""
    texts = [found.own_text or found.text, *(each.text for each in found.enclosed)]
    return "\n".join(text[:HEAD_CHARACTERS] for text in texts)


def named_in(head: str) -> tuple[str, str]:
    """Return the name and the organisation that the head of a document gives."""
    by, name, on_behalf = (_line(pattern.search(head)) for pattern in (_BY, _NAME, _FOR))
    if not by:
        return name, on_behalf
    person, _, rest = by.partition(",")
    if is_body(person):
        return name, on_behalf or by
    if rest and is_body(rest):
        return name or person.strip(), on_behalf or rest.strip()
    return name or by, on_behalf


def _line(match: re.Match[str] | None) -> str:
    """Return what stands after such words, unless it is a sentence."""
    words = match[1].strip(" .:;\t") if match else ""
    return words if len(words) <= LONGEST_LINE and len(words.split()) <= MOST_WORDS_OF_A_NAME else ""


def is_body(words: str) -> bool:
    """Tell whether a name is that of an organisation."""
    return _BODY.search(words) is not None


def sender_of(header: str) -> tuple[str, str]:
    """Return the name and address in a From header; either may be empty."""
    for name, address in getaddresses([header]):
        if "@" in address:
            return ("" if name == address else name.strip(" '\"")), address
    return "", ""


def author_of(found: Extraction) -> str:
    """Return the author in the properties of a document, unless a program wrote its own name there."""
    author = found.properties.get("creator", "").strip()
    return "" if _NOBODY.fullmatch(author) else author[:LONGEST_LINE]


def day_of(header: str, *, today: date) -> date | None:
    """Return the day of a Date header in London; None for what is none, or lies in the future."""
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if not EARLIEST_MAIL <= aware.year <= today.year + 1:
        return None
    day = aware.astimezone(LONDON).date()
    return day if day <= today + timedelta(days=1) else None


def questions_named(text: str, numbers: Collection[int]) -> list[int]:
    """Return the numbers of a call's questions that headings of a text name, in order."""
    named = {int(match[1]) for match in _QUESTION.finditer(text)}
    return sorted(named & set(numbers))


def has_words_of_its_own(own_text: str, subject: str) -> bool:
    """Tell whether a message says more than its subject."""
    return bool(own_text.replace(f"Subject: {subject}", "", 1).strip())


def question_in(text: str, numbers: Mapping[int, int]) -> int | None:
    """Return the id of the one question that headings name; several are for the paragraphs to say."""
    named = questions_named(text, numbers.keys())
    return numbers[named[0]] if len(named) == 1 else None


def message_alone(found: Extraction) -> Extraction:
    """Return what a message says without the documents inside it; a subject alone is no evidence."""
    inside = {flag for each in found.enclosed for flag in each.flags}
    flags = tuple(flag for flag in found.flags if flag not in inside)
    says_something = has_words_of_its_own(found.own_text, found.mail.get("subject", ""))
    outcome = Outcome.FLAGGED if flags else Outcome.TEXT
    return Extraction(outcome, found.kind, found.own_text if says_something else "", flags)


@dataclass(frozen=True)
class Standing:
    """What decides whether a file can be stored."""

    name: str
    organisation: str
    late: bool
    why_late: str
    reads_something: bool


def still_missing(standing: Standing) -> Iterator[str]:
    """Return what a clerk has to settle before a file can be stored."""
    if not standing.name and not standing.organisation:
        yield "It does not say who sent it. Give a name or an organisation."
    if standing.late and not standing.why_late:
        yield "It came after the call had closed. Say why it is taken."
    if not standing.reads_something:
        yield "The words of none of its documents are taken. Take those of one at least."
