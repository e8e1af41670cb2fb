"""Which readers may have a submission's words, and whether with a name."""

from enum import StrEnum

from consult.evidence.rules import PublicationChoice


class Clearance(StrEnum):
    """For whom an output is made."""

    PUBLIC = "public"
    RESEARCH = "research"
    COMPLETE = "complete"


# "Not published" keeps words inside the commission: no agreement with a researcher overrides the respondent.
MAY_READ: dict[Clearance, frozenset[PublicationChoice]] = {
    Clearance.PUBLIC: frozenset({PublicationChoice.WITH_NAME, PublicationChoice.WITHOUT_NAME}),
    Clearance.RESEARCH: frozenset({PublicationChoice.WITH_NAME, PublicationChoice.WITHOUT_NAME}),
    Clearance.COMPLETE: frozenset(PublicationChoice),
}

# What a choice means to somebody who wants to quote the words in a report.
QUOTING: dict[PublicationChoice, str] = {
    PublicationChoice.WITH_NAME: "May be quoted, with name",
    PublicationChoice.WITHOUT_NAME: "May be quoted, without name",
    PublicationChoice.NOT_PUBLISHED: "Not to be quoted outside the commission",
}


def may_name(choice: PublicationChoice, clearance: Clearance) -> bool:
    """Tell whether an output of this clearance may say who the words are from."""
    return clearance is Clearance.COMPLETE or choice is PublicationChoice.WITH_NAME
