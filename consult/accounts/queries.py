"""Reads about members."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.accounts.models import Membership, User
from consult.foundation.security import Role


@dataclass(frozen=True)
class Member:
    """A user with the roles held in one inquiry."""

    user_id: int
    name: str
    email: str
    roles: tuple[Role, ...]


def user_by_email(session: Session, email: str) -> User | None:
    """Return the user with this address, whatever its capitals."""
    return session.scalar(select(User).where(User.email == email.strip().lower()))


def members_of(session: Session, inquiry_id: int) -> list[Member]:
    """Return the members of an inquiry by name, each with all roles."""
    rows = session.execute(
        select(User.id, User.name, User.email, Membership.role)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.inquiry_id == inquiry_id)
        .order_by(User.name, User.id, Membership.role)
    ).all()
    people = {row.id: row for row in rows}
    return [
        Member(
            person.id,
            person.name,
            person.email,
            tuple(row.role for row in rows if row.id == person.id),
        )
        for person in people.values()
    ]
