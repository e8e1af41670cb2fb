"""The pages of a draft that several share."""

from dataclasses import dataclass
from datetime import datetime

from flask import request, url_for
from werkzeug.wrappers import Response

from consult.foundation.database import db
from consult.foundation.language import _, ngettext
from consult.foundation.web import as_time, site_url
from consult.respond import pages
from consult.respond.answers import Asked
from consult.respond.codes import grouped, team_code_for
from consult.respond.documents import beside_answers
from consult.respond.drafting import slot_of_question
from consult.respond.fields import answer_in_words
from consult.respond.forms import QuestionForm
from consult.respond.queries_team import colleagues_of, present_in, sent_at
from consult.respond.queries_versions import names_of_writers
from consult.respond.rules import DOCUMENTS, Step
from consult.respond.sittings import sitting_shown
from consult.respond.together import by_whom, presence, together_on
from consult.respond.visit import Visit


@dataclass(frozen=True)
class QuestionLine:
    """A question in a list: whether it is answered, by whom, who is writing, and where to write."""

    title: str
    href: str
    state: str
    by: str
    present: tuple[str, ...]
    has_versions: bool


def question_lines(visit: Visit, *, at: datetime) -> list[QuestionLine]:
    """Return the questions that are put, for everybody who shares the draft."""
    draft, session = visit.started, db.session()
    names = names_of_writers(session, draft.id)
    present = present_in(session, draft.id, visit.writer_id, at=at)

    def line(asked: Asked) -> QuestionLine:
        slot = slot_of_question(asked.slug)
        answered = draft.filled.has_answered(asked)
        return QuestionLine(
            title=f"{asked.position}. {asked.prompt}",
            href=visit.address(Step("question", asked.number)),
            state=_("Answered") if answered else _("Not answered"),
            by=by_whom(visit, names, slot),
            present=tuple(presence(each) for each in present if each.slot == slot),
            has_versions=slot in draft.waiting,
        )

    lines = [line(asked) for asked in visit.questions]
    return [*lines, documents_line(visit)] if visit.call.most_documents else lines


def documents_line(visit: Visit) -> QuestionLine:
    """Return the line of the documents beside the answers."""
    count = len(beside_answers(visit.files, visit.call.questions))
    state = ngettext("%(n)s document", "%(n)s documents", count, n=count) if count else _("No documents")
    return QuestionLine(_("Documents"), visit.address(DOCUMENTS), state, "", (), has_versions=False)


def share_page(visit: Visit, *, at: datetime) -> Response:
    """Return the lead's page: the team code, the colleagues, who wrote what."""
    draft = visit.started
    code = grouped(team_code_for(visit.code, draft.team_number)) if draft.is_shared else ""
    return pages.shown(
        "share",
        visit,
        title=_("Write with colleagues"),
        team_code=code,
        team_link=f"{site_url('respond.team_code')}#{code}" if code else "",
        colleagues=colleagues_of(db.session(), draft.id),
        lines=question_lines(visit, at=at) if draft.team_number else [],
        back=url_for("respond.later", inquiry_slug=visit.call.inquiry_slug, call_slug=visit.call.slug),
        check=visit.address(Step("check")),
    )


def team_page(visit: Visit, *, at: datetime) -> Response:
    """Return a colleague's list of the questions, or what became of the draft."""
    sent = visit.started.submission_id
    return pages.shown(
        "team",
        visit,
        title=_("Your team’s evidence"),
        sent=as_time(sent_at(db.session(), sent)) if sent else "",
        is_open=visit.is_open,
        lines=[] if sent else question_lines(visit, at=at),
        writer=visit.writer,
    )


def question_page(visit: Visit, form: QuestionForm, status: int = 200, *, at: datetime) -> Response:
    """Return the page on which a colleague answers one question."""
    asked, step = form.asked, Step("question", form.asked.number)
    number = _("Question %(number)s of %(all)s", number=asked.position, all=len(visit.call.questions))
    return pages.shown(
        "team_question",
        visit,
        status=status,
        form=form,
        title=f"{number}: {asked.prompt}",
        errors=form.problems,
        back=url_for("respond.team", inquiry_slug=visit.call.inquiry_slug, call_slug=visit.call.slug),
        lost=status == pages.LOST,
        action=request.full_path.rstrip("?"),
        saving=visit.address(pages.words_of(step)),
        sitting=sitting_shown(visit.answers.get(asked.slug)),
        together=together_on(db.session(), visit, asked, at=at),
        **pages.question_values(visit.call.questions, visit.questions, form),
    )


def over_page(visit: Visit, form: QuestionForm) -> Response:
    """Return the page for a colleague who can save no more, with the words just typed."""
    form.show_what_is_kept()
    return pages.shown(
        "team_over",
        visit,
        status=pages.NOT_NOW,
        title=_("This could not be saved"),
        is_sent=visit.is_sent,
        is_shut_out=visit.writer is None,
        asked=form.asked,
        lines=answer_in_words(form.asked, form.typed()),
    )
