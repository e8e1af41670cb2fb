"""Verbs that change users and memberships."""

import secrets
from datetime import datetime, timedelta

from flask_security.utils import hash_password
from sqlalchemy import Select, delete, func, or_, select
from sqlalchemy.orm import Session

from consult.accounts.models import Membership, SignInAttempt, User
from consult.accounts.queries import user_by_email
from consult.foundation import audit
from consult.foundation.errors import BadInput, NotFound, Refused
from consult.foundation.security import Actor, Role

SHORTEST_PASSWORD = 12
ATTEMPTS_COUNT_FOR = timedelta(minutes=15)
# On one account from one address; on one account from anywhere; from one address on any account. The first
# stops a guesser; the others are wide, so that no stranger and no office neighbour shuts anybody out.
MOST_ATTEMPTS = (10, 50, 100)


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
    # Held until the commit, so that a second press waits and then finds the role given.
    session.execute(select(User.id).where(User.id == user_id).with_for_update())
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
    if session.scalar(_holding(inquiry_id, user_id, role)) is None:
        raise NotFound("This member does not have that role.")
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


def deactivate_user(session: Session, user_id: int, *, actor: Actor, at: datetime) -> User:
    """Shut a user out: every session ends with its next request; roles and past acts stay on record."""
    user = session.get(User, user_id)
    if user is None:
        raise NotFound("There is no such user.")
    user.active = False
    user.fs_uniquifier = secrets.token_hex(32)
    act = audit.Act("deactivate user", "user", user_id)
    audit.record(session, act, inquiry_id=None, actor=actor, at=at)
    return user


def begin_sign_in(session: Session, *, account: str, address: str, at: datetime) -> bool:
    """Count a try at signing in before its password is looked at; False when there were too many.

    `account` and `address` are digests. A refused try is not counted, so that waiting always helps.
    """
    session.execute(delete(SignInAttempt).where(SignInAttempt.at <= at - ATTEMPTS_COUNT_FOR))
    here, there = SignInAttempt.address == address, SignInAttempt.account == account
    counted = session.execute(
        select(
            func.count().filter(here & there),
            func.count().filter(there),
            func.count().filter(here),
        ).where(or_(here, there))
    ).one()
    if any(count >= most for count, most in zip(counted, MOST_ATTEMPTS, strict=True)):
        return False
    session.add(SignInAttempt(account=account, address=address, at=at))
    return True


def complete_sign_in(session: Session, *, account: str, address: str) -> None:
    """Forget the tries that led to a sign-in; those on other accounts from the same place still count."""
    mine = (SignInAttempt.account == account) & (SignInAttempt.address == address)
    session.execute(delete(SignInAttempt).where(mine))


def _holding(inquiry_id: int, user_id: int, role: Role) -> Select[Membership]:
    return select(Membership).where(
        Membership.inquiry_id == inquiry_id,
        Membership.user_id == user_id,
        Membership.role == role,
    )


def _another_administrator(session: Session, inquiry_id: int, user_id: int) -> bool:
    administrators = select(Membership.id).where(
        Membership.inquiry_id == inquiry_id, Membership.role == Role.ADMINISTRATOR
    )
    # Held until the commit, or two administrators could take the role from each other at once.
    session.execute(administrators.order_by(Membership.id).with_for_update())
    others = administrators.join(User).where(User.active, Membership.user_id != user_id)
    return session.scalar(others.limit(1)) is not None
