"""Which rows a selection holds: figures and the lists behind them are built on these same conditions."""

from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select

from consult.calls.models import Call
from consult.coding.models import Coding
from consult.coding.queries import stands
from consult.evidence.models import Answer, AnswerCell, AnswerChoice, Passage, Respondent, Submission
from consult.evidence.queries import answer_stands, counted, passage_stands
from consult.evidence.queries.counting import counts, in_campaign
from consult.themes.models import ThemeCode
from consult.themes.rules import NOT_STATED, Selection

Condition = ColumnElement[bool]


def coding_conditions(selection: Selection) -> list[Condition]:
    """Return what a coding must meet; two codings of a passage still make one passage."""
    conditions = [stands()]
    if selection.theme_id is not None:
        theme_codes = select(ThemeCode.code_id).where(ThemeCode.theme_id == selection.theme_id)
        conditions.append(Coding.code_id.in_(theme_codes))
    if selection.code_id is not None:
        conditions.append(Coding.code_id == selection.code_id)
    # A theme or a code belongs to one inquiry; naming that again would draw SQLite to the wrong index.
    if selection.theme_id is None and selection.code_id is None:
        conditions.append(Coding.inquiry_id == selection.inquiry_id)
    return conditions


def submission_conditions(selection: Selection) -> list[Condition]:
    """Return what a submission must meet, codings apart; what is not evidence is in no figure."""
    conditions = [
        Submission.inquiry_id == selection.inquiry_id,
        ~counted() if selection.out_of_scope else counted(),
    ]
    # What is out of scope is counted nowhere, so no rule of a campaign hides any of it from its list.
    if not selection.out_of_scope:
        conditions.append(counts(selection.inquiry_id, selection.counting))
    if selection.campaign_id is not None:
        conditions.append(in_campaign(selection.campaign_id))
    if selection.type_id is not None:
        conditions.append(_stated(Submission.respondent_type_id, selection.type_id))
    if selection.place_id is not None:
        conditions.append(_stated(Submission.place_id, selection.place_id))
    if selection.call_id is not None:
        conditions.append(Submission.call_id == selection.call_id)
    if selection.phase_id is not None:
        calls = select(Call.id).where(Call.phase_id == selection.phase_id)
        conditions.append(Submission.call_id.in_(calls))
    if selection.question_id is not None:
        conditions.append(Submission.id.in_(answering(selection)))
    return conditions


def _stated(column: Any, value: int) -> Condition:
    condition: Condition = column.is_(None) if value == NOT_STATED else column == value
    return condition


def answered() -> Condition:
    """Hold for answers that hold an option, a row's, a number or a place.

    A question left blank holds none, and neither does one that somebody preferred not to answer.
    """
    chosen = exists().where(AnswerChoice.answer_id == Answer.id)
    cell = exists().where(AnswerCell.answer_id == Answer.id)
    return or_(chosen, cell, Answer.number.is_not(None), Answer.place_id.is_not(None))


def answering(selection: Selection) -> Select[Any]:
    """Select the submissions that answered a closed question, if answers are given then with one of them.

    An answer holds options, a number or a place, according to its question, so the three never mix.
    """
    held = select(Answer.submission_id).where(Answer.question_id == selection.question_id, answer_stands())
    if selection.declined:
        return held.where(Answer.declined)
    if selection.row_id is not None:
        return held.where(_in_row(selection.row_id, selection.answers))
    answers = selection.answers
    chosen = exists().where(AnswerChoice.answer_id == Answer.id, AnswerChoice.option_id.in_(answers))
    given = or_(chosen, Answer.number.in_(answers), Answer.place_id.in_(answers))
    return held.where(given if answers else answered())


def _in_row(row_id: int, answers: tuple[int, ...]) -> Condition:
    cell = exists().where(AnswerCell.answer_id == Answer.id, AnswerCell.row_id == row_id)
    return cell.where(AnswerCell.option_id.in_(answers)) if answers else cell


def passages_in(selection: Selection) -> Select[Any]:
    """Select the ids of the coded passages of a selection, each once."""
    coded = select(Coding.passage_id).where(*coding_conditions(selection))
    passages = select(Passage.id).join(Submission, Submission.id == Passage.submission_id)
    return passages.where(Passage.id.in_(coded), passage_stands(), *submission_conditions(selection))


def submissions_in(selection: Selection) -> Select[Any]:
    """Select the ids of the submissions of a selection, each once."""
    return select(Submission.id).where(*_chosen(selection))


def respondents_in(selection: Selection) -> Select[Any]:
    """Select the ids of the respondents of a selection, each once however often they wrote."""
    givers = select(Submission.respondent_id).where(*_chosen(selection))
    return select(Respondent.id).where(Respondent.id.in_(givers))


def _chosen(selection: Selection) -> list[Condition]:
    conditions = submission_conditions(selection)
    if selection.by_coding:
        coded = select(Passage.submission_id).join(Coding, Coding.passage_id == Passage.id)
        coded = coded.where(passage_stands(), *coding_conditions(selection))
        conditions.append(Submission.id.in_(coded))
    return conditions
