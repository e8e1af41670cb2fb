"""Rows made ready to print: calls, jobs and acts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from consult.calls.models import Call, Question
from consult.calls.queries import ActLine
from consult.calls.rules import CallState, Openness, QuestionKind, grace_ends, openness
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import FINISHED, JobState
from consult.foundation.jobs.views import TITLES
from consult.foundation.panels import link
from consult.foundation.security import ActorKind, Identity
from consult.foundation.web import as_time, site_url

PUBLIC_PAGE = "calls_public.call"
KIND_WORDS = {
    QuestionKind.FREE_TEXT: "Free text",
    QuestionKind.SINGLE: "Single choice",
    QuestionKind.SEVERAL: "Several choices",
    QuestionKind.SCALE: "Scale",
    QuestionKind.NUMBER: "Number",
    QuestionKind.PLACE: "Place",
    QuestionKind.MATRIX: "Matrix",
    QuestionKind.FILE: "Files",
}
JOB_WORDS = {
    JobState.QUEUED: "waiting for its turn",
    JobState.RUNNING: "working",
    JobState.DONE: "done",
    JobState.FAILED: "did not finish",
    JobState.CANCELLED: "cancelled",
}
WITHOUT_NAME = {
    ActorKind.RESPONDENT: "A respondent",
    ActorKind.SYSTEM: "The system",
    ActorKind.MEMBER: "A member",
}


@dataclass(frozen=True)
class CallLine:
    """A call as lists show it."""

    title: str
    slug: str
    standing: str
    when: str
    questions: int
    href: str
    public_address: str


def call_line(call: Call, identity: Identity, at: datetime) -> CallLine:
    """Return a call, its questions loaded, ready to print."""
    standing, when = standing_of(call, at)
    return CallLine(
        title=call.title,
        slug=call.slug,
        standing=standing,
        when=when,
        questions=len(call.questions),
        href=link("call_editor.call", {"call_slug": call.slug}, identity),
        public_address=public_address(identity.inquiry_slug, call.slug),
    )


def blocks_of(call: Call) -> list[dict[str, Any]]:
    """Return a loaded call's questions by section, ready to print; those without a section come first."""
    conditions = condition_words(call)
    lines: dict[int | None, list[dict[str, Any]]] = {}
    for question in call.questions:
        line = {**question_line(question), "asked_of": conditions.get(question.id, "")}
        lines.setdefault(question.section_id, []).append(line)
    without = [{"section": None, "questions": lines[None]}] if None in lines else []
    sections = ({"section": each, "questions": lines.get(each.id, [])} for each in call.sections)
    return [*without, *sections]


def condition_words(call: Call) -> dict[int, str]:
    """Return of whom each question with conditions is asked, in words."""
    options = {option.id: (question, option) for question in call.questions for option in question.options}
    words = {}
    for asked in call.questions:
        deciding = [options[condition.option_id] for condition in asked.conditions]
        if deciding:
            chosen = " or ".join(f"“{option.wording}”" for _question, option in deciding)
            words[asked.id] = f"Asked only of those who chose {chosen} in question {deciding[0][0].number}."
    return words


def question_line(question: Question) -> dict[str, Any]:
    """Return a question, its parts loaded, ready to print."""
    facts = [KIND_WORDS[question.kind], "must be answered" if question.required else "may be skipped"]
    if question.word_guidance:
        facts.append(f"about {question.word_guidance:,} words")
    if question.word_limit:
        facts.append(f"at most {question.word_limit:,} words")
    if question.most_files:
        facts.append(f"at most {question.most_files} files")
    if question.may_decline:
        facts.append("with “Prefer not to say”")
    low, high = ends_of(question)
    if low or high:
        facts.append(" ".join(words for words in (low and f"from {low}", high and f"to {high}") if words))
    return {
        "id": question.id,
        "number": question.number,
        "prompt": question.prompt,
        "hint": question.hint,
        "facts": ", ".join(facts),
        "rows": [row.wording for row in question.rows],
        "options": [
            f"{option.wording} (goes with no other)" if option.exclusive else option.wording
            for option in question.options
        ],
    }


def ends_of(question: Question) -> tuple[str, str]:
    """Return the bounds of a question with what they mean, such as “1 (Very hard)”."""
    ends = (
        (question.minimum, question.minimum_meaning),
        (question.maximum, question.maximum_meaning),
    )
    low, high = (
        "" if bound is None else f"{bound:,} ({meaning})" if meaning else f"{bound:,}"
        for bound, meaning in ends
    )
    return low, high


def standing_of(call: Call, at: datetime) -> tuple[str, str]:
    """Return where a call stands, in a word, and its dates in a sentence."""
    if call.state is CallState.DRAFT:
        return "Draft", f"To be open from {as_time(call.opens_at)} to {as_time(call.closes_at)}"
    standing = openness(call.state, call.opens_at, call.closes_at, at, call.grace_minutes)
    if standing is Openness.OPEN:
        return "Open", f"Closes {as_time(call.closes_at)}"
    if standing is Openness.NOT_YET:
        return "Published", f"Opens {as_time(call.opens_at)}, closes {as_time(call.closes_at)}"
    if standing is Openness.GRACE:
        ends = grace_ends(call.closes_at, call.grace_minutes)
        return "Closed", f"Closed {as_time(call.closes_at)}; drafts may be sent until {as_time(ends)}"
    return "Closed", "Closed before it opened" if call.closes_at > at else f"Closed {as_time(call.closes_at)}"


def public_address(inquiry_slug: str, call_slug: str) -> str:
    """Return the whole address of a call's public page, to be copied into letters."""
    return site_url(PUBLIC_PAGE, inquiry_slug=inquiry_slug, call_slug=call_slug)


def job_line(job: Job, identity: Identity) -> dict[str, Any]:
    """Return a job ready to print."""
    return {
        "title": TITLES[job.name],
        "href": link("jobs.job", {"job_id": job.id}, identity),
        "state": JOB_WORDS[job.state],
        "running": job.state is JobState.RUNNING,
        "done": job.progress_done,
        "total": job.progress_total,
        "message": job.message if job.state is JobState.FAILED else "",
        "when": as_time(job.finished_at if job.state in FINISHED and job.finished_at else job.queued_at),
    }


def act_line(act: ActLine) -> dict[str, Any]:
    """Return an act of the audit log ready to print."""
    return {
        "id": act.id,
        "when": as_time(act.at),
        "who": act.name or WITHOUT_NAME[act.actor_kind],
        "what": act.verb.capitalize(),
        "record": f"{act.record_kind} {act.record_id}",
        "why": act.why,
        "details": details_of(act.detail),
    }


def details_of(detail: dict[str, Any], within: str = "") -> list[tuple[str, str]]:
    """Return what an act recorded as names and values, nested ones by their path."""
    found = []
    for name, value in detail.items():
        path = f"{within}{name.replace('_', ' ')}"
        if isinstance(value, dict):
            found += details_of(value, f"{path}: ")
        else:
            found.append((path, ", ".join(map(str, value)) if isinstance(value, list) else as_words(value)))
    return found


def as_words(value: Any) -> str:
    """Return one recorded value as people read it."""
    if value is None or value == "":
        return "(empty)"
    if isinstance(value, bool):
        return "yes" if value else "no"
    try:
        return as_date_time(str(value))
    except ValueError:
        return str(value)


def as_date_time(text: str) -> str:
    """Return an ISO moment as people write it; ValueError when it is something else."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError("not a moment")
    return as_time(moment)
