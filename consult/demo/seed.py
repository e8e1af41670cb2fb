"""Fill an empty database with the demo, through the same verbs that people's acts call."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select

from consult.accounts.models import User
from consult.accounts.service import create_user, grant_role
from consult.assist import bridge, grouping, personal, placing
from consult.calls.models import Call, Inquiry, Option, Question
from consult.calls.queries import call_with_questions, phases_of, places_of, respondent_types_of, texts_of
from consult.calls.rules import CallDetails, CallWords, QuestionDetails, QuestionKind
from consult.calls.service import (
    add_phase,
    add_place,
    add_question,
    add_respondent_type,
    add_section,
    create_inquiry,
    prepare_call,
    publish_call,
    set_postcodes,
    translate_call,
)
from consult.codebook.queries import codes_of
from consult.codebook.service import import_codebook
from consult.codebook.sheets import rows_of
from consult.demo.decide import decide_submission
from consult.demo.publish import publish_some
from consult.demo.read import codebook_rows, document_at, evidence_files, inquiry_file, welsh_words
from consult.evidence.extraction import extract
from consult.evidence.rules import Bounds, Channel, PublicationChoice
from consult.evidence.service import (
    GivenAnswer,
    GivenAttachment,
    GivenConfidence,
    GivenDeclaration,
    GivenEvidence,
    receive_many,
)
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.files import file_store
from consult.foundation.security import SYSTEM, Actor, Role
from consult.themes.service import make_theme

PASSWORD = "open the evidence"  # noqa: S105  # of the demo, printed at its start
STAYS_OPEN = timedelta(days=90)
# Every third submission has been coded, so that a visitor finds work done and work to do.
DECIDED_SHARE = 3
# In a file, for an answer that somebody preferred not to give.
DECLINED = "declined"

Say = Callable[[str], None]


@dataclass(frozen=True)
class Account:
    """A demo account."""

    email: str
    name: str
    role: Role


ACCOUNTS = (
    Account("admin@consult.example", "Ada Ministrator", Role.ADMINISTRATOR),
    Account("clerk@consult.example", "Clem Clerk", Role.CLERK),
    Account("analyst@consult.example", "Anna Lyst", Role.ANALYST),
    Account("chair@consult.example", "Charlie Chair", Role.CHAIR),
    Account("commissioner@consult.example", "Connie Commissioner", Role.COMMISSIONER),
)


def is_empty() -> bool:
    """Tell whether no inquiry has been made yet."""
    return db.session.scalar(select(Inquiry.id).limit(1)) is None


def has_accounts() -> bool:
    """Tell whether the demo's accounts can sign in here: a database filled otherwise has none."""
    emails = [account.email for account in ACCOUNTS]
    there = select(func.count()).where(User.email.in_(emails), User.active)
    return db.session.scalar(there) == len(emails)


def seed(say: Say) -> None:
    """Make the demo inquiry, its evidence, a first run of suggestions and decisions on a third of them."""
    given = inquiry_file()
    with transaction() as session:
        say("Making the inquiry")
        inquiry_id = make_inquiry(given)
        people = make_people(inquiry_id)
        session.flush()  # the codebook, calls and themes name the inquiry's rows
        make_calls(given, inquiry_id)
        import_codebook(session, rows_of(codebook_rows()), inquiry_id=inquiry_id, actor=SYSTEM, at=now())
        make_themes(given, inquiry_id)
    files = evidence_files()
    say(f"Receiving {len(files)} submissions")
    references = receive(given, files, inquiry_id)
    say("Cutting passages and proposing codes")
    bridge.cut_waiting(inquiry_id, untold)
    grouping.group_waiting(inquiry_id, untold, actor=SYSTEM)
    placing.place_waiting(inquiry_id, untold)
    bridge.propose_waiting(inquiry_id, untold, actor=SYSTEM)
    say("Deciding a third of them")
    readers = [people[Role.ANALYST], people[Role.CLERK]]
    for number, (reference, file) in enumerate(zip(references, files, strict=True)):
        if number % DECIDED_SHARE == 0:
            decide_submission(reference, file, inquiry_id, readers[number // DECIDED_SHARE % 2])
    say("Proposing again, with what has been decided")
    bridge.propose_waiting(inquiry_id, untold, actor=SYSTEM, again=True)
    say("Looking for personal data, and publishing what is ready")
    personal.search_waiting(inquiry_id, untold, actor=SYSTEM)
    publish_some(references, inquiry_id, people[Role.CLERK])


def untold(_done: int, _total: int, _message: str) -> None:
    """Take progress that nobody waits for."""


def make_inquiry(given: dict[str, Any]) -> int:
    """Make the inquiry and its closed lists; return its id."""
    session, at, about = db.session(), now(), given["inquiry"]
    inquiry = create_inquiry(
        session,
        slug=about["slug"],
        title=about["title"],
        description=about["description"].strip(),
        reference_prefix=about["reference_prefix"],
        actor=SYSTEM,
        at=at,
    )
    for phase in given["phases"]:
        add_phase(session, phase["title"], slug=phase["slug"], inquiry_id=inquiry.id, actor=SYSTEM, at=at)
    for place in given["places"]:
        made = add_place(
            session, place["name"], slug=place["slug"], inquiry_id=inquiry.id, actor=SYSTEM, at=at
        )
        set_postcodes(
            session, made.id, place.get("postcodes", ""), inquiry_id=inquiry.id, actor=SYSTEM, at=at
        )
    for kind in given["respondent_types"]:
        add_respondent_type(
            session, kind["name"], slug=kind["slug"], inquiry_id=inquiry.id, actor=SYSTEM, at=at
        )
    return inquiry.id


def make_people(inquiry_id: int) -> dict[Role, Actor]:
    """Make one account for each role."""
    session, at, people = db.session(), now(), {}
    for account in ACCOUNTS:
        user = create_user(
            session, email=account.email, name=account.name, password=PASSWORD, actor=SYSTEM, at=at
        )
        grant_role(session, inquiry_id=inquiry_id, user_id=user.id, role=account.role, actor=SYSTEM, at=at)
        people[account.role] = Actor.member(user.id)
    return people


def make_calls(given: dict[str, Any], inquiry_id: int) -> None:
    """Make and publish the calls; a demo started years later still has them open."""
    session, at = db.session(), now()
    phases = {phase.slug: phase.id for phase in phases_of(session, inquiry_id)}
    for entry in given["calls"]:
        words = CallWords(
            title=entry["title"],
            purpose=entry["purpose"].strip(),
            terms=entry["terms"].strip(),
            what_happens=entry["what_happens"].strip(),
        )
        details = CallDetails(
            words=words,
            slug=entry["slug"],
            phase_id=phases[entry["phase"]],
            opens_at=entry["opens"],
            closes_at=max(entry["closes"], at + STAYS_OPEN),
            declarations=tuple(entry.get("declarations", ())),
            most_documents=entry.get("most_documents", 0),
        )
        call = prepare_call(session, details, inquiry_id=inquiry_id, actor=SYSTEM, at=at)
        make_questions(entry, call.id, inquiry_id)
        if entry.get("in_welsh"):
            write_welsh(call.id, inquiry_id)
        publish_call(session, call.id, inquiry_id=inquiry_id, actor=SYSTEM, at=at)


def write_welsh(call_id: int, inquiry_id: int) -> None:
    """Write the Welsh of a call and offer it in both languages; publishing refuses it if any is missing."""
    session, words = db.session(), welsh_words()
    texts = [text for part in texts_of(session, call_id) for text in part.texts]
    welsh = {text.key: words[text.english] for text in texts if text.english in words}
    translate_call(session, call_id, welsh, offered=True, inquiry_id=inquiry_id, actor=SYSTEM, at=now())


def make_questions(entry: dict[str, Any], call_id: int, inquiry_id: int) -> None:
    """Make the sections and questions of a call."""
    session = db.session()
    by: dict[str, Any] = {"inquiry_id": inquiry_id, "actor": SYSTEM, "at": now()}
    sections = {
        given["slug"]: add_section(
            session, given["title"], given.get("introduction", ""), call_id=call_id, **by
        ).id
        for given in entry.get("sections", ())
    }
    made: dict[str, Question] = {}
    for given in sorted(entry["questions"], key=lambda question: int(question["number"])):
        details = replace(
            question_from(given),
            section_id=sections.get(given.get("section", "")),
            conditions=conditions_of(given, made),
        )
        made[given["slug"]] = add_question(session, details, call_id=call_id, **by)


def conditions_of(given: dict[str, Any], made: dict[str, Question]) -> tuple[int, ...]:
    """Return the options on which a question depends, of one made before it."""
    if "asked_of" not in given:
        return ()
    asked = made[given["asked_of"]["question"]]
    options = db.session.scalars(select(Option).where(Option.question_id == asked.id))
    return tuple(option.id for option in options if option.wording in given["asked_of"]["options"])


def question_from(entry: dict[str, Any]) -> QuestionDetails:
    """Return a question as its file describes it."""
    options = tuple(entry.get("options", ()))
    return QuestionDetails(
        kind=QuestionKind(entry["kind"]),
        prompt=entry["prompt"],
        hint=entry.get("hint", ""),
        required=entry.get("required", False),
        options=options,
        rows=tuple(entry.get("rows", ())),
        exclusive=tuple(options.index(wording) + 1 for wording in entry.get("exclusive", ())),
        may_decline=entry.get("may_decline", False),
        word_guidance=entry.get("word_guidance"),
        minimum=entry.get("min"),
        maximum=entry.get("max"),
        minimum_meaning=entry.get("min_label", ""),
        maximum_meaning=entry.get("max_label", ""),
        word_limit=entry.get("word_limit"),
        slug=entry["slug"],
    )


def make_themes(given: dict[str, Any], inquiry_id: int) -> None:
    """Make the headings of the report."""
    session, at = db.session(), now()
    ids = {code.slug: code.id for code in codes_of(session, inquiry_id)}
    for position, entry in enumerate(given["themes"], start=1):
        make_theme(
            session,
            inquiry_id=inquiry_id,
            slug=entry["slug"],
            title=entry["title"],
            description=entry.get("description", "").strip(),
            code_ids=[ids[slug] for slug in entry["codes"]],
            position=position,
            actor=SYSTEM,
            at=at,
        )


def receive(given: dict[str, Any], files: list[dict[str, Any]], inquiry_id: int) -> list[str]:
    """Receive the submissions at the times they give; return their references in the order of the files."""
    slug = given["inquiry"]["slug"]
    calls = {e["slug"]: call_with_questions(db.session(), slug, e["slug"]) for e in given["calls"]}
    types = {kind.slug: kind.id for kind in respondent_types_of(db.session(), inquiry_id)}
    places = {place.slug: place.id for place in places_of(db.session(), inquiry_id)}
    batch = [evidence_from(file, calls[file["call"]], types, places) for file in files]
    references = []
    for evidence, file in zip(batch, files, strict=True):
        with transaction() as session:
            sent: datetime = file["sent"]
            receive_many(session, [evidence], inquiry_id=inquiry_id, actor=SYSTEM, at=sent)
            references.append(newest_reference(inquiry_id))
    return references


def newest_reference(inquiry_id: int) -> str:
    """Return the reference given last."""
    inquiry = db.session.get_one(Inquiry, inquiry_id, populate_existing=True)
    return f"{inquiry.reference_prefix}{inquiry.last_reference:04d}"


def evidence_from(
    file: dict[str, Any], call: Call, types: dict[str, int], places: dict[str, int]
) -> GivenEvidence:
    """Return a submission as its file describes it."""
    answers = [
        with_choices(answer_from(question, file["answers"][question.slug], places), question.slug, file)
        for question in call.questions
        if question.slug in file["answers"]
    ]
    return GivenEvidence(
        call_id=call.id,
        name=file["name"],
        organisation=file["organisation"],
        email="",
        respondent_type_id=types[file["respondent_type"]],
        place_id=places[file["place"]],
        publication=PublicationChoice(file["publication"]),
        language=file["language"],
        title=file["title"],
        answers=tuple(answers),
        channel=Channel.WEB,
        send_key=None,
        declaration=GivenDeclaration(**file.get("declaration", {})),
        attachments=tuple(attachment(*each) for each in file.get("documents", {}).items()),
    )


def attachment(file: str, name: str) -> GivenAttachment:
    """Keep a document in the store and read it, as an upload is."""
    path = document_at(file)
    kept = file_store().keep(path.read_bytes())
    return GivenAttachment(kept.sha256, name, kept.size, extract(path))


def with_choices(answer: GivenAnswer, slug: str, file: dict[str, Any]) -> GivenAnswer:
    """Return an answer with its own publication choice and the words that its writer keeps back."""
    own = file.get("publications", {}).get(slug)
    text = answer.text or ""
    marks = [mark for mark in file.get("confidences", ()) if mark["question"] == slug]
    spans = [(text.index(mark["words"]), mark) for mark in marks]
    return replace(
        answer,
        publication=PublicationChoice(own) if own else None,
        confidences=tuple(
            GivenConfidence(Bounds(start, start + len(mark["words"])), mark["harm"]) for start, mark in spans
        ),
    )


def answer_from(question: Any, value: Any, places: dict[str, int]) -> GivenAnswer:
    """Return an answer in the form its question asks for."""
    if value == DECLINED:
        return GivenAnswer(question.id, declined=True)
    if question.kind is QuestionKind.FREE_TEXT:
        return GivenAnswer(question.id, text=value.strip("\n"))
    if question.kind is QuestionKind.PLACE:
        return GivenAnswer(question.id, place_id=places[value])
    return chosen_from(question, value) if question.options else GivenAnswer(question.id, number=int(value))


def chosen_from(question: Any, value: Any) -> GivenAnswer:
    """Return which options were chosen: of a matrix, in which row."""
    ids = {option.wording: option.id for option in question.options}
    if question.kind is QuestionKind.MATRIX:
        rows = {row.wording: row.id for row in question.rows}
        cells = tuple((rows[row], ids[option]) for row, option in value.items())
        return GivenAnswer(question.id, cells=cells)
    chosen = value if isinstance(value, list) else [value]
    return GivenAnswer(question.id, option_ids=tuple(ids[wording] for wording in chosen))
