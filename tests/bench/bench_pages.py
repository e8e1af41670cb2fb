"""Server time of the pages that people wait for, at 1,000 submissions, without the network."""

import statistics
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask
from sqlalchemy import select
from werkzeug.test import TestResponse

from consult import create_app
from consult.accounts.models import User
from consult.accounts.service import create_user, grant_role
from consult.calls.models import Inquiry
from consult.codebook.queries import codes_of
from consult.coding.models import LatestRun, Suggestion
from consult.coding.models_quality import BlindPassage
from consult.coding.rules import Verdict
from consult.coding.service import decide_suggestion
from consult.foundation.clock import now
from consult.foundation.config import Settings, sqlite_url
from consult.foundation.database import db, transaction
from consult.foundation.security import SYSTEM, Actor, Role
from consult.themes.service import make_theme
from tests.bench.figures import Figure, at_most, quick, ratio, spread
from tests.bench.material import SLUG, SUBMISSIONS, empty_inquiry, fill
from tests.page import PageClient

FEWER = 100
DECIDED = 3_000
TIMES = 15
AT_ONCE = 500


def measure() -> Iterator[Figure]:
    count = FEWER if quick() else SUBMISSIONS
    with empty_inquiry() as instance:
        fill(instance, count)
        app = create_app(settings(instance))
        with app.app_context():
            member = prepare(instance)
            decisions = decide_many(member)
            client = PageClient(app)
            client.sign_in(db.session.get_one(User, member))
            db.session.remove()
        yield from decision_figures(decisions)
        yield from page_figures(client, count)
        close(app)


def settings(instance: Path) -> Settings:
    return Settings(
        instance=instance,
        database_url=sqlite_url(instance / "consult.db"),
        queue_url=sqlite_url(instance / "queue.db"),
        secret_key="b" * 40,
    )


def prepare(instance: Path) -> int:
    """Make a member with every role that reads or codes, and a theme over half of the codes."""
    inquiry = db.session.scalars(select(Inquiry).where(Inquiry.slug == SLUG)).one()
    inquiry_id = inquiry.id
    with transaction() as session:
        user = create_user(
            session, email="bench@consult.example", name="Bench", password="x" * 20, actor=SYSTEM, at=now()
        )
        for role in (Role.ANALYST, Role.CHAIR):
            grant_role(session, inquiry_id=inquiry_id, user_id=user.id, role=role, actor=SYSTEM, at=now())
        codes = [code.id for code in codes_of(session, inquiry_id)]
        make_theme(
            session, inquiry_id=inquiry_id, slug="half", title="Half of the codes", description="",
            code_ids=codes[::2], position=1, actor=SYSTEM, at=now(),
        )  # fmt: skip
        return user.id


def decide_many(member: int) -> list[float]:
    """Decide suggestions one by one, each with its own commit; return the milliseconds of each."""
    inquiry_id = db.session.scalars(select(Inquiry.id).where(Inquiry.slug == SLUG)).one()
    newest = (
        select(Suggestion.id)
        .join(
            LatestRun,
            (LatestRun.passage_id == Suggestion.passage_id) & (LatestRun.run_id == Suggestion.run_id),
        )
        # Those drawn by lot are read before anything is decided on them.
        .where(Suggestion.passage_id.not_in(select(BlindPassage.passage_id)))
    )
    taken = []
    for number, suggestion_id in enumerate(db.session.scalars(newest.limit(DECIDED)).all()):
        verdict = Verdict.REJECT if number % 3 == 0 else Verdict.ACCEPT
        start = time.perf_counter()
        with transaction() as session:
            decide_suggestion(
                session, suggestion_id, verdict, inquiry_id=inquiry_id, actor=Actor.member(member), at=now()
            )
        taken.append((time.perf_counter() - start) * 1000)
    return taken


def decision_figures(taken: list[float]) -> Iterator[Figure]:
    note = f"{len(taken)} decisions, each committed and flushed; {spread(taken)}"
    yield at_most("a decision, median", statistics.median(taken), "ms", 15, note=note)


def page_figures(client: PageClient, count: int) -> Iterator[Figure]:
    home = f"/inquiries/{SLUG}"
    trivial = timed(lambda: client.http.get("/"))
    pages = {
        "coding screen": f"{home}/coding/BEN{count // 2:04d}",
        "theme page": f"{home}/themes/half",
        "reading room": f"{home}/evidence",
        "reading room, search": f"{home}/evidence?q=council",
        "submission": f"{home}/evidence/BEN{count // 2:04d}",
        "coding queue": f"{home}/coding",
    }
    for name, path in pages.items():
        taken = timed(lambda path=path: client.http.get(path))  # type: ignore[misc]  # bound per turn
        middle = statistics.median(taken)
        yield at_most(f"{name}, median", middle, "ms", 50, note=f"{count} submissions; {spread(taken)}")
        yield ratio(f"{name} to the front page", middle, statistics.median(trivial))


def timed(work: Callable[[], TestResponse]) -> list[float]:
    """Return the milliseconds of some requests after a first one; raises unless each is answered with 200."""
    work()
    taken = []
    for _ in range(TIMES):
        start = time.perf_counter()
        answer = work()
        taken.append((time.perf_counter() - start) * 1000)
        if answer.status_code != 200:
            raise RuntimeError(f"{answer.request.path} answered {answer.status_code}")
    return taken


def close(app: Flask) -> None:
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
