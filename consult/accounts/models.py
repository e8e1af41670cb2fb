"""Staff users and their roles in inquiries."""

from datetime import datetime
from typing import Any

from flask_security import UserMixin
from sqlalchemy import ForeignKey, String, UniqueConstraint
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
