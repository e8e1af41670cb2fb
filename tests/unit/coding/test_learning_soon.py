import pytest
from sqlalchemy import select

from consult.coding import rules
from consult.coding.rules import Verdict
from consult.foundation.jobs.models import Job
from consult.foundation.jobs.names import JobName
from tests.unit.coding.conftest import Desk


def asked_for(desk: Desk) -> list[Job]:
    wanted = select(Job).where(Job.name == JobName.SUGGESTIONS_WANTED, Job.inquiry_id == desk.inquiry.id)
    return list(desk.session.scalars(wanted))


def test_the_machine_proposes_again_after_so_many_decisions(
    desk: Desk, sent_jobs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LEARN_EVERY", 1)
    for suggestion in desk.propose(0, 0, 1):
        desk.decide(suggestion, Verdict.REJECT)
    (job,) = asked_for(desk)
    assert job.requested_by == desk.ann.id
    assert sent_jobs == [job.id], "the second decision found the first one's job still waiting"


def test_between_times_it_is_left_alone(
    desk: Desk, sent_jobs: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "LEARN_EVERY", 1_000_000_000)
    desk.decide(desk.propose(0, 0)[0], Verdict.ACCEPT)
    assert asked_for(desk) == []


def test_it_is_time_at_every_fiftieth_decision() -> None:
    assert [n for n in range(1, 151) if rules.is_time_to_learn(n)] == [50, 100, 150]
