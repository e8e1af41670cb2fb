"""Files added to a draft, as values: what each is called, which question it answers, and what is too many."""

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from consult.calls.rules import QuestionKind
from consult.evidence.extraction.limits import LARGEST_FILE, MEGABYTE
from consult.evidence.extraction.result import UNTYPED
from consult.evidence.extraction.words import flag_words
from consult.foundation.language import _, ngettext
from consult.respond.answers import Asked

# What one draft may hold, and what one press of a button may bring.
LARGEST_TOGETHER = 100 * MEGABYTE
LARGEST_AT_ONCE = 50 * MEGABYTE
LONGEST_NAME = 255
_ENDINGS = 20
_KILO = 1000
# Answered in words of one's own, so a document may answer it too.
ANSWERED_BY_FILES = frozenset({QuestionKind.FREE_TEXT, QuestionKind.FILE})


@dataclass(frozen=True)
class FileHeld:
    """A file added to a draft; `question` is the slug of the one it answers, or empty."""

    id: int
    name: str
    size: int
    question: str = ""
    kind: str = ""
    flags: tuple[str, ...] = ()
    sha256: str = ""
    writer_id: int | None = None
    # Whether there are words to show, and so to mark; of a picture there are none yet.
    has_text: bool = False

    @property
    def noticed(self) -> list[str]:
        """Return a sentence for each thing that was noticed when it was read."""
        return flag_words(self.flags)

    @property
    def is_untyped(self) -> bool:
        """Tell whether somebody will have to type what it says."""
        return not UNTYPED.isdisjoint(self.flags)

    @property
    def in_words(self) -> str:
        """Return its name and size."""
        return f"{self.name} ({size_in_words(self.size)})"


def size_in_words(size: int) -> str:
    """Return a size as people say it: 300 bytes, 42 kB, 1.4 MB."""
    if size < _KILO:
        return ngettext("%(n)s byte", "%(n)s bytes", size, n=size)
    if size < _KILO * _KILO:
        return f"{size / _KILO:.0f} kB"
    return f"{size / _KILO / _KILO:.1f} MB"


def megabytes(size: int) -> str:
    """Return a limit as people say it."""
    return f"{size // MEGABYTE} MB"


def name_of(sent: str) -> str:
    """Return a file's name as a page can show it: no folders, nothing that cannot be seen, not too long."""
    last = sent.replace("\\", "/").rpartition("/")[2]
    # What turns the order of letters round or has no shape would make a name look like another.
    seen = "".join(c for c in last if unicodedata.category(c)[0] != "C" or c == "\t")
    name = " ".join(seen.split())
    if len(name) <= LONGEST_NAME:
        return name or _("document")
    stem, dot, ending = name.rpartition(".")
    kept = f"{dot}{ending}" if stem and len(ending) < _ENDINGS else ""
    return name[: LONGEST_NAME - len(kept)] + kept


def files_for(files: Iterable[FileHeld], asked: Asked) -> tuple[FileHeld, ...]:
    """Return the files that answer a question."""
    return tuple(each for each in files if each.question == asked.slug)


def of_files(questions: Iterable[Asked]) -> set[str]:
    """Return the slugs of the questions that are answered by files alone."""
    return {asked.slug for asked in questions if asked.kind is QuestionKind.FILE}


def beside_answers(files: Iterable[FileHeld], questions: Iterable[Asked]) -> tuple[FileHeld, ...]:
    """Return the files added beside the answers: all but those sent for a question that asks for files."""
    slugs = of_files(questions)
    return tuple(each for each in files if each.question not in slugs)


def files_sent(
    files: Iterable[FileHeld], questions: Sequence[Asked], shown: Sequence[Asked]
) -> tuple[FileHeld, ...]:
    """Return the files that are sent: all but those for a question that asks for files and is not put."""
    in_vain = of_files(questions) - of_files(shown)
    return tuple(each for each in files if each.question not in in_vain)


def most_for(asked: Asked | None, most_documents: int) -> int:
    """Return how many files a question takes, or how many documents may stand beside the answers."""
    if asked is not None and asked.kind is QuestionKind.FILE:
        return asked.most_files or 1
    return most_documents


def problem_with_one_more(
    files: Sequence[FileHeld], questions: Sequence[Asked], asked: Asked | None, size: int, most_documents: int
) -> str:
    """Return why another file cannot be added here, or nothing."""
    is_for_question = asked is not None and asked.kind is QuestionKind.FILE
    beside = files_for(files, asked) if asked and is_for_question else beside_answers(files, questions)
    most = most_for(asked, most_documents)
    if len(beside) >= most:
        return ngettext(
            "There is room for %(n)s file here, and it is taken. Remove it first.",
            "There is room for %(n)s files here, and all of it is taken. Remove one first.",
            most,
            n=most,
        )
    if sum(each.size for each in files) + size > LARGEST_TOGETHER:
        return _(
            "All your files together would be larger than %(most)s. Remove one first, or send a smaller one.",
            most=megabytes(LARGEST_TOGETHER),
        )
    return ""


def limits_in_words(most: int) -> list[str]:
    """Return what may be added, said before anything is."""
    number = ngettext(
        "You can add %(n)s file of at most %(size)s.",
        "You can add up to %(n)s files of at most %(size)s each, and choose several at once.",
        most,
        n=most,
        size=megabytes(LARGEST_FILE),
    )
    kinds = _(
        "We read Word documents (.docx), OpenDocument texts (.odt), PDF, RTF, plain text, Markdown, web "
        "pages (.html) and e-mails (.eml)."
    )
    together = _(
        "All your files together may have %(most)s, and those added at once %(at_once)s.",
        most=megabytes(LARGEST_TOGETHER),
        at_once=megabytes(LARGEST_AT_ONCE),
    )
    return [number, kinds, together]
