"""What upper rooms show on an inquiry's front page, which lies in a lower room and cannot import them.

A room registers in its views module, so that panels stand in the order in which rooms are registered:

    @panel("Evidence", Permission.READ_EVIDENCE)
    def arrived(session, inquiry_id):
        return [Fact("new submissions", 12, "evidence.reading_room", {"state": "new"})]
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import current_app, url_for
from sqlalchemy.orm import Session

from consult.foundation.guard import access_of
from consult.foundation.security import Identity, Permission


@dataclass(frozen=True)
class Fact:
    """A figure and its words; with an endpoint it opens the list behind it."""

    words: str
    number: int | None = None
    endpoint: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Step:
    """Something this member could do next."""

    words: str
    endpoint: str
    values: Mapping[str, Any] = field(default_factory=dict)


Facts = Callable[[Session, int], list[Fact]]
Steps = Callable[[Session, int], list[Step]]


@dataclass(frozen=True)
class Panel:
    """Facts under a title, for members with a permission."""

    title: str
    permission: Permission
    facts: Facts


_panels: list[Panel] = []
_steps: list[tuple[Permission, Steps]] = []


def panel(title: str, permission: Permission) -> Callable[[Facts], Facts]:
    """Register a function that gives a panel's facts, at most a handful, by few quick queries."""

    def register(facts: Facts) -> Facts:
        _panels.append(Panel(title, permission, facts))
        return facts

    return register


def next_steps(permission: Permission) -> Callable[[Steps], Steps]:
    """Register a function that gives what members with a permission could do next; none when all is done."""

    def register(steps: Steps) -> Steps:
        _steps.append((permission, steps))
        return steps

    return register


def panels_for(session: Session, identity: Identity) -> list[dict[str, Any]]:
    """Return the panels this member may see, facts ready to print; a panel without facts is left out."""
    shown = []
    for entry in _panels:
        facts = entry.facts(session, identity.inquiry_id) if identity.may(entry.permission) else []
        if facts:
            prepared = [
                {"words": f.words, "number": f.number, "href": link(f.endpoint, f.values, identity)}
                for f in facts
            ]
            shown.append({"title": entry.title, "facts": prepared})
    return shown


def steps_for(session: Session, identity: Identity) -> list[dict[str, str]]:
    """Return what this member could do next, the first room's steps first."""
    steps = [
        step
        for permission, give in _steps
        if identity.may(permission)
        for step in give(session, identity.inquiry_id)
    ]
    linked = [{"words": s.words, "href": link(s.endpoint, s.values, identity)} for s in steps]
    return [step for step in linked if step["href"]]


def link(endpoint: str, values: Mapping[str, Any], identity: Identity) -> str:
    """Return an address in this inquiry, or nothing when the room is not there or not for this member."""
    if endpoint not in current_app.view_functions:
        return ""
    access = access_of(current_app, endpoint)
    if isinstance(access, Permission) and not identity.may(access):
        return ""
    return url_for(endpoint, inquiry_slug=identity.inquiry_slug, **values)
