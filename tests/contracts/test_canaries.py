"""Words that readers outside may not have are in no output made for them: every public page, feed and file.

Public pages are taken from the routes themselves, so that a new one is walked without a line here. Outputs
that no public route makes are rows of OUTPUTS: whoever adds one for readers outside adds a row.
"""

import io
import re
import zipfile
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from flask import Flask
from pypdf import PdfReader
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.routing import IntegerConverter, Rule
from werkzeug.test import TestResponse

from consult.calls.models import Call, Inquiry
from consult.coding.service import apply_code
from consult.evidence.extraction import Extraction, Outcome
from consult.evidence.models import SourceText, Submission
from consult.evidence.models_documents import Attachment
from consult.evidence.rules import Bounds, PublicationChoice, SubmissionState
from consult.evidence.service import GivenAnswer, GivenAttachment, GivenConfidence
from consult.foundation.files import file_store
from consult.foundation.guard import PUBLIC, access_of
from consult.foundation.security import SYSTEM, Actor, Role
from consult.publication import queries, service
from consult.publication.rules import Clearance, Ground, Proposed, redacted
from consult.reports.rules import Export
from consult.reports.writing import Order, write_csv
from consult.themes.service import make_theme
from tests.builders import NOON, Builder
from tests.page import PageClient, forget_last_request

OUTSIDE = (Clearance.PUBLIC, Clearance.RESEARCH)
CANARY = re.compile(r"\w*canary\w*", re.IGNORECASE)
CANARIES = (
    "canaryredacted", "canaryproposed", "canaryconfided", "canaryunasked", "canarykeptanswer",
    "canarynameless", "canarybody", "canarytitle", "canarymail", "canarykept", "canarynew", "canaryscope",
    "canarywithdrawn", "canaryback", "canarysame", "canaryclerk", "canaryanalyst", "canaryother",
    "canaryfile", "canaryletter", "canaryspoken", "canaryannexed", "canaryscan",
)  # fmt: skip


@dataclass
class World:
    """An inquiry in which everything that may not be read outside has a word of its own."""

    session: Session
    build: Builder
    inquiry: Inquiry
    call: Call
    clerk: Actor
    analyst: Actor
    codes: list[Any]
    sent: list[Submission] = field(default_factory=list)

    def who(self, actor: Actor | None = None) -> dict[str, Any]:
        return {"inquiry_id": self.inquiry.id, "actor": actor or self.clerk, "at": NOON}

    def send(self, *answers: GivenAnswer, **values: Any) -> Submission:
        state = values.pop("state", SubmissionState.ACCEPTED)
        given = {"name": "Ann Lee", "email": "canarymail@example.org", **values}
        sent = self.build.evidence(self.call, *answers, **given)
        sent.state = state
        self.sent.append(sent)
        self.code(sent)
        return sent

    def answer(self, words: str, **values: Any) -> GivenAnswer:
        marked = values.pop("marked", "")
        marks = self.marks(words, marked)
        return GivenAnswer(self.build.question(self.call).id, words, confidences=marks, **values)

    def marks(self, words: str, marked: str) -> tuple[GivenConfidence, ...]:
        """Return a mark on some of the words, or none."""
        at = words.find(marked)
        return (GivenConfidence(Bounds(at, at + len(marked)), "canaryunasked harm."),) if marked else ()

    def document(
        self, words: str, name: str, question_id: int | None = None, marked: str = ""
    ) -> GivenAttachment:
        """Return a document whose file bears a word as its name."""
        found = Extraction(Outcome.TEXT if words else Outcome.FLAGGED, "docx", words)
        stored = file_store().keep(f"bytes of {name}".encode())
        marks = self.marks(words, marked)
        return GivenAttachment(stored.sha256, name, stored.size, found, question_id, confidences=marks)

    def code(self, sent: Submission) -> None:
        """Let every passage carry a suggestion with the whole passage as its reason, and a coding."""
        run = self.build.model_run(self.inquiry)
        for passage in self.build.passages(sent):
            self.build.suggestions(run, passage, self.codes[0])
            bounds = Bounds(passage.start, passage.end)
            apply_code(
                self.session, passage.source_text_id, bounds, self.codes[0].id, **self.who(self.analyst)
            )

    def place_of(self, sent: Submission, words: str) -> tuple[int, Bounds]:
        for each in queries.texts_on_desk(self.session, sent.id):
            at = each.text.body.find(words)
            if at >= 0:
                return each.text.id, Bounds(at, at + len(words))
        raise AssertionError(words)

    def read(self) -> int:
        """Let a machine read every text, and return its run."""
        run = service.start_redaction_run(
            self.session, recogniser="test", version="1", settings={},
            inquiry_id=self.inquiry.id, actor=SYSTEM, at=NOON,
        )  # fmt: skip
        texts = [each for sent in self.sent for each in queries.texts_on_desk(self.session, sent.id)]
        service.record_proposals(self.session, run.id, [service.Searched(t.text.id, ()) for t in texts])
        return run.id


@pytest.fixture
def world(session: Session, build: Builder) -> World:
    inquiry = build.inquiry()
    codes = [build.code(build.codebook(inquiry))]
    clerk = build.member(inquiry, Role.CLERK, name="Canaryclerk Roe")
    analyst = build.member(inquiry, Role.ANALYST, name="Canaryanalyst Poe")
    made = World(
        session, build, inquiry, build.call(inquiry), Actor.member(clerk.id), Actor.member(analyst.id), codes
    )
    make_theme(
        session, inquiry_id=inquiry.id, title="Power", code_ids=[codes[0].id], slug=None, description="",
        position=None, actor=SYSTEM, at=NOON,
    )  # fmt: skip
    fill(made)
    session.commit()
    return made


def fill(world: World) -> None:
    """Send, redact, propose, publish and take back."""
    answer, none = world.answer, PublicationChoice.NOT_PUBLISHED
    kept_answer = answer("canarykeptanswer.", publication=none)
    main = world.send(
        answer("Open words. canaryredacted stood here. canaryproposed too. canaryconfided last.",
               marked="canaryconfided"),
        kept_answer,
        answer("canarysame without name.", publication=PublicationChoice.WITHOUT_NAME),
        attachments=(
            world.document("Open document. canaryletter stood there. canaryspoken too.", "canaryfile.docx",
                           marked="canaryspoken"),
            world.document("canaryannexed to it.", "annex.docx", kept_answer.question_id),
            world.document("", "canaryscan.pdf"),
        ),
    )  # fmt: skip
    nameless = world.send(
        answer("Open words without name."), name="Canarynameless Quill", organisation="Canarybody Trust",
        title="Canarytitle", publication=PublicationChoice.WITHOUT_NAME,
    )  # fmt: skip
    world.send(answer("canarykept."), publication=none)
    world.send(answer("canaryscope."), state=SubmissionState.OUT_OF_SCOPE)
    world.send(answer("canarywithdrawn."), state=SubmissionState.WITHDRAWN)
    back = world.send(answer("canaryback."))
    text_id, bounds = world.place_of(main, "canaryproposed")
    found = (Proposed(bounds, Ground.NAME, 0.9, "a test"),)
    service.record_proposals(world.session, world.read(), [service.Searched(text_id, found)])
    for bird in ("canaryredacted", "canaryletter"):
        words = service.Words(*world.place_of(main, bird), Ground.NAME)
        service.withhold(world.session, words, **world.who())
    out = [each.reference for each in (main, nameless, back)]
    service.publish(world.session, out, passed_over="canaryunasked", **world.who())
    service.unpublish(world.session, back.reference, why="A slip.", **world.who())
    elsewhere = world.build.inquiry()
    world.build.submission(world.build.call(elsewhere), "canaryother.")


def public_addresses(app: Flask, world: World) -> Iterator[str]:
    """Yield an address of every public GET route for every value that its arguments can have here."""
    values: dict[str, list[Any]] = {
        "inquiry_slug": [world.inquiry.slug],
        "call_slug": [world.call.slug],
        "reference": [sent.reference for sent in world.sent],
    }
    for rule in app.url_map.iter_rules():
        if access_of(app, rule.endpoint) == PUBLIC and "GET" in (rule.methods or set()):
            yield from filled(app, rule, values)
    for asked in (*CANARIES, "words", '"stood here"'):
        yield f"/evidence/{world.inquiry.slug}/?words={asked}"
    yield f"/evidence/{world.inquiry.slug}/?theme=power"
    for sent in world.sent:
        yield f"/evidence/{world.inquiry.slug}/{sent.reference}?lang=cy"


def filled(app: Flask, rule: Rule, values: dict[str, list[Any]]) -> Iterator[str]:
    chosen: list[dict[str, Any]] = [{}]
    for name in rule.arguments & rule._converters.keys():
        number = isinstance(rule._converters[name], IntegerConverter)
        every = values.get(name) or ([1] if number else items_of(rule, name))
        chosen = [{**given, name: value} for given in chosen for value in every]
    with app.test_request_context():
        yield from (app.url_for(rule.endpoint, **given) for given in chosen)


def items_of(rule: Rule, name: str) -> list[Any]:
    return list(getattr(rule._converters[name], "items", None) or ["no-such-thing"])


def export_of(export: Export, clearance: Clearance) -> Callable[[World], str]:
    def write(world: World) -> str:
        file = io.BytesIO()
        write_csv(world.session, Order(export, world.inquiry.id, clearance), file)
        return file.getvalue().decode()

    return write


def texts_for(clearance: Clearance) -> Callable[[World], str]:
    """Return the words that any output may take from the room that withholds them."""

    def read(world: World) -> str:
        texts = [each.text for sent in world.sent for each in queries.texts_on_desk(world.session, sent.id)]
        readable = set(world.session.scalars(select(SourceText.id).where(queries.readable_text(clearance))))
        spans = queries.withheld_spans(world.session, [text.id for text in texts], clearance)
        # What was taken off the public pages may still be given to researchers and exported.
        return " ".join(
            redacted(text.body, spans.get(text.id, ()))
            for text in texts
            if text.id in readable and "canaryback" not in text.body
        )

    return read


OUTPUTS: dict[str, Callable[[World], str]] = {
    **{f"{export} for {c}": export_of(export, c) for export in Export for c in OUTSIDE},
    **{f"texts for {c}": texts_for(c) for c in OUTSIDE},
}
# Agreed to publication and only taken off the pages: it may stand in files.
TAKEN_BACK = {"canaryback"}


def birds_in(text: str, *, may: Collection[str] = ()) -> set[str]:
    return {bird.lower() for bird in CANARY.findall(text)} - set(may)


def told_by(answer: TestResponse) -> str:
    """Return every word of an answer, whatever kind of document it is."""
    if answer.mimetype == "application/pdf":
        return "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(answer.data)).pages)
    if zipfile.is_zipfile(io.BytesIO(answer.data)):
        with zipfile.ZipFile(io.BytesIO(answer.data)) as document:
            return "\n".join(document.read(name).decode("utf-8", "replace") for name in document.namelist())
    return answer.get_data(as_text=True)


def test_no_public_page_feed_or_index_holds_what_readers_may_not_have(
    app: Flask, world: World, client: PageClient
) -> None:
    walked = 0
    for address in public_addresses(app, world):
        forget_last_request()
        answer = client.http.get(address, follow_redirects=True)
        assert answer.status_code < 500, address
        asked = {word for word in CANARIES if word in address}
        told = told_by(answer)
        assert birds_in(told, may=asked) == set(), address
        if asked:
            assert "LOC000" not in told, f"found by {asked}"
        walked += 1
    assert walked > 50
    shown = client.get(f"/evidence/{world.inquiry.slug}/{world.sent[0].reference}").text
    assert (
        "Open words. [Name removed] stood here. [Name removed] too. [Confidential passage removed] last."
        in shown
    )
    assert "Open document. [Name removed] stood there. [Confidential passage removed] too." in shown
    assert "Some answers of this evidence are not published." in shown


def test_no_original_of_a_document_is_handed_out_without_signing_in(world: World, client: PageClient) -> None:
    for attachment in world.session.scalars(select(Attachment)):
        address = (
            f"/inquiries/{world.inquiry.slug}/evidence/{world.sent[0].reference}/documents/{attachment.id}"
        )
        answer = client.http.get(address, follow_redirects=True)
        assert answer.request.path == "/sign-in"
        assert b"bytes of" not in answer.data


@pytest.mark.parametrize("output", sorted(OUTPUTS))
def test_no_file_for_readers_outside_holds_what_they_may_not_have(world: World, output: str) -> None:
    written = OUTPUTS[output](world)
    assert birds_in(written, may=TAKEN_BACK) == set()
    if "decisions" not in output:
        assert "Open words" in written, "a file without any words proves nothing"


def test_the_commission_itself_has_every_one_of_them(world: World) -> None:
    everything = export_of(Export.CODINGS, Clearance.COMPLETE)(world)
    inside = {"canaryredacted", "canaryproposed", "canaryconfided", "canarykeptanswer", "canarykept"}
    inside |= {"canaryletter", "canaryspoken", "canaryannexed"}
    assert inside <= birds_in(everything)
