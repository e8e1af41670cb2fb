"""Fill a draft with what was sent: the way back from what is stored to what was typed."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from consult.calls.rules import QuestionKind
from consult.evidence.queries.standing_documents import StandingDocument
from consult.evidence.queries.versions import StandingAnswer
from consult.respond.answers import DECLINED, Asked, Typed
from consult.respond.confidences import CHOICE_OF_ANSWER, Confidence


def answers_again(questions: Sequence[Asked], standing: Mapping[int, StandingAnswer]) -> dict[str, Typed]:
    """Return what was typed for each question that was answered, by its slug."""
    return {asked.slug: typed_again(asked, standing[asked.id]) for asked in questions if asked.id in standing}


def typed_again(asked: Asked, answer: StandingAnswer) -> Typed:
    """Return what somebody would type to give an answer again."""
    if answer.declined:
        return ["", DECLINED] if asked.kind is QuestionKind.NUMBER else DECLINED
    if asked.kind is QuestionKind.FREE_TEXT:
        return answer.text or ""
    if asked.kind is QuestionKind.PLACE:
        place = "" if answer.place_id is None else str(answer.place_id)
        return [place, answer.district] if answer.district else place
    return chosen_again(asked, answer)


def chosen_again(asked: Asked, answer: StandingAnswer) -> Typed:
    """Return what somebody would choose to give an answer again."""
    if asked.kind is QuestionKind.MATRIX:
        return [f"{row}:{option}" for row, option in answer.cells]
    chosen = [str(option) for option in answer.option_ids]
    if asked.kind is QuestionKind.SEVERAL:
        return chosen
    return "".join(chosen[:1]) if answer.number is None else str(answer.number)


def choices_again(questions: Sequence[Asked], standing: Mapping[int, StandingAnswer]) -> dict[str, str]:
    """Return the publication choices of single answers as the page of that choice keeps them."""
    return {
        CHOICE_OF_ANSWER.format(asked.slug): own.value
        for asked in questions
        if asked.id in standing and (own := standing[asked.id].publication) is not None
    }


def confidences_again(
    questions: Sequence[Asked], standing: Mapping[int, StandingAnswer]
) -> list[dict[str, Any]]:
    """Return the words that were kept back, each once however often they stand in their answer."""
    marks = {
        (asked.slug, text[bounds.start : bounds.end]): harm
        for asked in questions
        if asked.id in standing and (text := standing[asked.id].text)
        for bounds, harm in standing[asked.id].confidences
    }
    return [Confidence(slug, words, harm).as_kept() for (slug, words), harm in marks.items()]


def kept_back_again(documents: Iterable[StandingDocument]) -> list[dict[str, Any]]:
    """Return the words of documents that were kept back, those of two copies of one document once."""
    marks = {
        Confidence("", words, "", each.attachment.sha256, each.attachment.name): harm
        for each in documents
        for words, harm in each.kept_back.items()
    }
    return [replace(mark, harm=harm).as_kept() for mark, harm in marks.items()]
