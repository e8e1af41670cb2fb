"""Personal data that has a form of its own: addresses, numbers, dates. Each reading yields what it found."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PersonalData:
    """A half-open span that may name or reach a person: on what ground, how surely, recognised by what.

    `reason` never holds words of the text, so that it may be kept where they may not.
    """

    start: int
    end: int
    ground: str
    score: float
    reason: str


_EMAIL = re.compile(r"(?<![\w.+-])[\w.+'-]{1,64}@[\w-]+(?:\.[\w-]+)+")
# Nine digits with what people put between them: worth the slower reading of telephone numbers.
_DIGITS = re.compile(r"(?:\d[\s().+/–-]{0,3}){9,}")
_DIALLED = re.compile(r"\(?(?:\+44|0044|0)[\s().-]*[1237]\d(?:[\s().-]*\d){7,8}$")
_NHS = re.compile(r"(?<![\d/-])\d{3}[ -]?\d{3}[ -]?\d{4}(?![\d/-])")
_SPEAKS_OF_NHS = re.compile(r"\bNHS\b|\bpatient\b|\bhospital\b", re.IGNORECASE)
_NATIONAL_INSURANCE = re.compile(
    # Letters that no number begins with, such as QQ, are written by mistake all the same.
    r"\b[A-Z]{2}(?: ?\d{2}){3} ?[A-D]\b",
    re.IGNORECASE,
)
_POSTCODE_FORM = (
    r"(?:GIR ?0AA|[A-PR-UWYZ](?:[A-HK-Y]?\d[\dA-HJKPSTUW]?|\d[A-HJKPSTUW]?) ?\d[ABD-HJLNP-UW-Z]{2})"
)
_POSTCODE = re.compile(rf"\b{_POSTCODE_FORM}\b", re.IGNORECASE)
_STREETS = (
    "Road|Rd|Street|St|Avenue|Ave|Lane|Ln|Close|Drive|Dr|Way|Crescent|Cres|Court|Ct|Terrace|Place|Pl|Gardens"
    "|Gdns|Grove|Square|Sq|Hill|Row|Mews|Walk|Rise|View|Parade|Green|Park|Heol|Stryd|Ffordd|Lôn|Rhodfa"
)
_WORD = r"(?:[A-ZÀ-Þ][\w'’-]+|of|the|y|yr)"
_HOME = r"(?:(?:Flat|Apartment|Apt|Unit|Room)\.? ?\d{1,4}[A-Za-z]?,? (?:[A-Z][\w'’]+ (?:House|Court),? )?)?"
_ADDRESS = re.compile(
    rf"\b{_HOME}\d{{1,4}}[A-Za-z]?,? (?:(?:Heol|Stryd|Ffordd|Lôn|Rhodfa) {_WORD}(?: {_WORD}){{0,3}}"
    rf"|{_WORD}(?: {_WORD}){{0,3}} (?:{_STREETS})\b\.?)"
    rf"(?:,\s(?:[A-ZÀ-Þ][a-zà-ÿ'’-]+\s?){{1,3}}){{0,3}}(?:,?\s*{_POSTCODE_FORM}\b)?"
)
_MONTHS = "January|February|March|April|May|June|July|August|September|October|November|December"
_SHORT_MONTHS = "Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec"
_DAY = (
    rf"\d{{1,2}}(?:st|nd|rd|th)?(?: of)? (?:{_MONTHS}|{_SHORT_MONTHS})\.?,? \d{{2,4}}"
    r"|\d{1,2}[/.-]\d{1,2}[/.-]\d{2,4}"
)
_BIRTH = re.compile(
    rf"\b(?:born(?: on)?|date of birth|d\.?o\.?b\.?|dyddiad geni)\b[\s:(]*(?:is |was |the )?({_DAY})",
    re.IGNORECASE,
)
_VEHICLE = re.compile(r"\b[A-HJ-PR-Y]{2}[0-9]{2} ?[A-HJ-PR-Z]{3}\b")


def formats_in(text: str, region: str) -> Iterator[PersonalData]:
    """Yield what has a form of its own; `region` is where telephone numbers without a country are from."""
    for match in _EMAIL.finditer(text):
        yield PersonalData(match.start(), _without_dots(text, match), "email", 0.99, "an e-mail address")
    yield from _telephones(text, region)
    yield from _nhs_numbers(text)
    for match in _BIRTH.finditer(text):
        yield PersonalData(*match.span(1), "date_of_birth", 0.9, "a date after words for birth")
    for pattern, ground, score, reason in _BY_FORM:
        for match in pattern.finditer(text):
            yield PersonalData(*match.span(), ground, score, reason)


_BY_FORM = (
    (_NATIONAL_INSURANCE, "ni_number", 0.9, "the form of a National Insurance number"),
    (_POSTCODE, "postcode", 0.85, "the form of a full postcode"),
    (_VEHICLE, "vehicle", 0.6, "the form of a vehicle registration"),
)


def addresses_in(text: str) -> Iterator[PersonalData]:
    """Yield postal addresses: a number, a street and what follows them up to a postcode."""
    for match in _ADDRESS.finditer(text):
        end = match.start() + len(match.group().rstrip(" ,.\n"))
        yield PersonalData(match.start(), end, "address", 0.75, "a number and a street")


def _without_dots(text: str, match: re.Match[str]) -> int:
    return match.start() + len(text[match.start() : match.end()].rstrip(".-_'"))


def _telephones(text: str, region: str) -> Iterator[PersonalData]:
    from phonenumbers import Leniency, PhoneNumberMatcher, is_valid_number

    for stretch in _DIGITS.finditer(text):
        start = max(stretch.start() - 4, 0)
        near = text[start : stretch.end() + 4]
        for found in PhoneNumberMatcher(near, region, leniency=Leniency.POSSIBLE):
            valid = is_valid_number(found.number)
            # Numbers not given out yet, or kept for plays and examples, look like others all the same.
            if valid or _DIALLED.match(found.raw_string):
                score, reason = (0.9, "a valid telephone number") if valid else (0.7, "dialled like a number")
                first = start + found.start + (found.raw_string[0] == "(" and ")" not in found.raw_string)
                yield PersonalData(first, start + found.end, "telephone", score, reason)


def _nhs_numbers(text: str) -> Iterator[PersonalData]:
    from stdnum.gb import nhs

    for match in _NHS.finditer(text):
        if nhs.is_valid(match.group()):
            near = _SPEAKS_OF_NHS.search(text, max(match.start() - 60, 0), match.start())
            reason = "ten digits with the check digit of an NHS number"
            yield PersonalData(*match.span(), "nhs_number", 0.95 if near else 0.5, reason)
