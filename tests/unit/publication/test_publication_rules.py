"""What a publication choice allows."""

import pytest

from consult.evidence.rules import PublicationChoice
from consult.publication.rules import MAY_READ, QUOTING, Clearance, may_name

OUTSIDE = (Clearance.PUBLIC, Clearance.RESEARCH)


@pytest.mark.parametrize("clearance", OUTSIDE)
def test_what_is_not_to_be_published_reaches_nobody_outside(clearance: Clearance) -> None:
    assert PublicationChoice.NOT_PUBLISHED not in MAY_READ[clearance]


@pytest.mark.parametrize("clearance", OUTSIDE)
def test_only_who_chose_to_be_named_is_named_outside(clearance: Clearance) -> None:
    named = {choice for choice in PublicationChoice if may_name(choice, clearance)}
    assert named == {PublicationChoice.WITH_NAME}


def test_the_commission_itself_reads_everything_with_names() -> None:
    for choice in PublicationChoice:
        assert choice in MAY_READ[Clearance.COMPLETE]
        assert may_name(choice, Clearance.COMPLETE)


def test_every_choice_is_said_to_those_who_would_quote() -> None:
    assert set(QUOTING) == set(PublicationChoice)
    assert len(set(QUOTING.values())) == len(PublicationChoice)
