"""Verbs that change users and memberships."""

import secrets
from datetime import datetime

from flask_security.utils import hash_password
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from consult.accounts.models import Membership, User
from consult.accounts.queries import user_by_email
from consult.foundation import audit
from consult.foundation.errors import BadInput, Refused
from consult.foundation.security import Actor, Role

SHORTEST_PASSWORD = 12


def create_user(
    session: Session,
    *,
    email: str,
    name: str,
    password: str,
    actor: Actor,
    at: datetime,
) -> User:
    """Add a staff user; BadInput when the address is taken or the password too short."""
    if "@" not in email or len(email) > 255:
        raise BadInput(f"“{email}” is not an e-mail address.")
    if len(password) < SHORTEST_PASSWORD:
        raise BadInput(f"The password needs at least {SHORTEST_PASSWORD} characters.")
    if user_by_email(session, email):
        raise BadInput(f"There is already a user with the address {email}.")
    user = User(
        email=email.strip().lower(),
        name=name.strip(),
        password=hash_password(password),
        fs_uniquifier=secrets.token_hex(32),
        created_at=at,
    )
    session.add(user)
    session.flush()  # the audit event names the new id
    audit.record(
        session,
        audit.Act("create user", "user", user.id),
        inquiry_id=None,
        actor=actor,
        at=at,
    )
    return user


def grant_role(
    session: Session,
    *,
    inquiry_id: int,
    user_id: int,
    role: Role,
    actor: Actor,
    at: datetime,
) -> Membership:
    """Give a user a role in an inquiry; giving it again changes nothing."""
    held = session.scalar(_holding(inquiry_id, user_id, role))
    if held:
        return held
    membership = Membership(inquiry_id=inquiry_id, user_id=user_id, role=role, since=at)
    session.add(membership)
    act = audit.Act("grant role", "user", user_id, detail={"role": role})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)
    return membership


def revoke_role(
    session: Session,
    *,
    inquiry_id: int,
    user_id: int,
    role: Role,
    actor: Actor,
    at: datetime,
) -> None:
    """Take a role away; it ends with the next request. Refused for the last administrator."""
    if role is Role.ADMINISTRATOR and not _another_administrator(session, inquiry_id, user_id):
        raise Refused("An inquiry needs an administrator. Give the role to somebody else first.")
    session.execute(
        delete(Membership).where(
            Membership.inquiry_id == inquiry_id,
            Membership.user_id == user_id,
            Membership.role == role,
        )
    )
    act = audit.Act("revoke role", "user", user_id, detail={"role": role})
    audit.record(session, act, inquiry_id=inquiry_id, actor=actor, at=at)


def _holding(inquiry_id: int, user_id: int, role: Role) -> Select[Membership]:
    return select(Membership).where(
        Membership.inquiry_id == inquiry_id,
        Membership.user_id == user_id,
        Membership.role == role,
    )


def _another_administrator(session: Session, inquiry_id: int, user_id: int) -> bool:
    others = select(Membership.id).where(
        Membership.inquiry_id == inquiry_id,
        Membership.role == Role.ADMINISTRATOR,
        Membership.user_id != user_id,
    )
    return session.scalar(others.limit(1)) is not None
