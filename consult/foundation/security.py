"""Who may do what: roles, permissions and the one table that joins them."""

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A member's part in one inquiry."""

    ADMINISTRATOR = "administrator"
    CLERK = "clerk"
    ANALYST = "analyst"
    CHAIR = "chair"
    COMMISSIONER = "commissioner"


class Permission(StrEnum):
    """What a route may demand."""

    SEE_INQUIRY = "see the inquiry's front page and running jobs"
    MANAGE_MEMBERS = "give and take roles"
    EDIT_CALLS = "write, publish and close calls"
    READ_EVIDENCE = "read submissions, also those not to be published"
    HANDLE_EVIDENCE = "change the state of a submission"
    REDACT_EVIDENCE = "withhold words from readers outside, and release them"
    PUBLISH_EVIDENCE = "publish evidence and take it back"
    READ_CODEBOOK = "read codes and their history"
    EDIT_CODEBOOK = "add, change and retire codes"
    CODE_EVIDENCE = "decide suggestions, apply and withdraw codings, cut passages anew"
    REQUEST_SUGGESTIONS = "ask the machine to propose"
    SET_SUGGESTIONS = "say how sure suggestions must be and how many are shown"
    SEE_QUALITY = "see how good the suggestions are, and what models ran"
    READ_THEMES = "read themes, figures and quotes"
    EDIT_THEMES = "make themes and choose their codes"
    EXPORT_RECORDS = "download codings, suggestions and decisions"
    READ_AUDIT = "read who did what"
    SET_RETENTION = "say how long things are kept, and see what was erased"
    ERASE_EVIDENCE = "erase evidence for good, and hand out all that is held of a respondent"


_EVERY_ROLE = frozenset(Role)
_SECRETARIAT = frozenset({Role.CLERK, Role.ANALYST})
_READERS = _SECRETARIAT | {Role.CHAIR, Role.COMMISSIONER}

ROLES_WITH: dict[Permission, frozenset[Role]] = {
    Permission.SEE_INQUIRY: _EVERY_ROLE,
    Permission.MANAGE_MEMBERS: frozenset({Role.ADMINISTRATOR}),
    Permission.EDIT_CALLS: frozenset({Role.ADMINISTRATOR, Role.CLERK}),
    Permission.READ_EVIDENCE: _READERS,
    Permission.HANDLE_EVIDENCE: frozenset({Role.CLERK}),
    Permission.REDACT_EVIDENCE: frozenset({Role.CLERK}),
    Permission.PUBLISH_EVIDENCE: frozenset({Role.CLERK}),
    Permission.READ_CODEBOOK: _READERS,
    Permission.EDIT_CODEBOOK: _SECRETARIAT,
    Permission.CODE_EVIDENCE: _SECRETARIAT,
    Permission.REQUEST_SUGGESTIONS: _SECRETARIAT,
    Permission.SET_SUGGESTIONS: _SECRETARIAT,
    Permission.SEE_QUALITY: _SECRETARIAT | {Role.CHAIR},
    Permission.READ_THEMES: _READERS,
    Permission.EDIT_THEMES: _SECRETARIAT | {Role.CHAIR},
    Permission.EXPORT_RECORDS: _SECRETARIAT | {Role.CHAIR},
    Permission.READ_AUDIT: frozenset({Role.ADMINISTRATOR, Role.CLERK, Role.CHAIR}),
    Permission.SET_RETENTION: frozenset({Role.ADMINISTRATOR, Role.CLERK}),
    Permission.ERASE_EVIDENCE: frozenset({Role.CLERK}),
}


@dataclass(frozen=True)
class Identity:
    """Who is asking, within one inquiry."""

    user_id: int
    name: str
    inquiry_id: int
    inquiry_slug: str
    inquiry_title: str
    roles: frozenset[Role]

    def may(self, permission: Permission) -> bool:
        """Tell whether one of the roles held carries the permission."""
        return not self.roles.isdisjoint(ROLES_WITH[permission])


class ActorKind(StrEnum):
    """What kind of actor an audit event names."""

    MEMBER = "member"
    RESPONDENT = "respondent"
    SYSTEM = "system"


@dataclass(frozen=True)
class Actor:
    """Who does an act, for service verbs and the audit log."""

    kind: ActorKind
    user_id: int | None = None

    @classmethod
    def member(cls, user_id: int) -> "Actor":
        """Return the actor for a signed-in member."""
        return cls(ActorKind.MEMBER, user_id)


SYSTEM = Actor(ActorKind.SYSTEM)
RESPONDENT = Actor(ActorKind.RESPONDENT)
