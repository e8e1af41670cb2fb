"""Staff users and their roles in inquiries."""

from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from consult.foundation.database import Base, state_type
from consult.foundation.security import Role


class User(Base, UserMixin):
    """Somebody who works for a commission."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(String(255), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    password: Mapped[str] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    # Changing it ends every session of the user: Flask-Security puts it, not the id, into the cookie.
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime]

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]  # the library's attribute is writeable
        """Return none: Flask-Security asks, but our roles belong to memberships."""
        return []


class Membership(Base):
    """One role of one user in one inquiry."""

    __tablename__ = "memberships"
    __table_args__ = (UniqueConstraint("inquiry_id", "user_id", "role"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    inquiry_id: Mapped[int] = mapped_column(ForeignKey("inquiries.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[Role] = mapped_column(state_type(Role, "role"))
    since: Mapped[datetime]


class SignInAttempt(Base):
    """A try at signing in that has not succeeded; kept for as long as it counts against the next."""

    __tablename__ = "sign_in_attempts"
    __table_args__ = (
        Index("ix_sign_in_attempts_account", "account", "at"),
        Index("ix_sign_in_attempts_address", "address", "at"),
        Index("ix_sign_in_attempts_at", "at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    # Keyed digests: whoever reads the table learns neither addresses typed nor where from.
    account: Mapped[str] = mapped_column(String(64))
    address: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime]
