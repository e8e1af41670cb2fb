"""Sign-in by Flask-Security: passwords hashed with argon2id, members invited by command only."""

from flask import Flask
from flask_security import RoleMixin, Security
from flask_security.datastore import SQLAlchemyUserDatastore

from consult.accounts.models import User
from consult.foundation.database import db
from consult.foundation.web import kept_words, to_sign_in


class NoRoles(RoleMixin):
    """Flask-Security wants a role model; our roles belong to memberships, so this one is never stored."""


def init_app(app: Flask) -> None:
    """Add the sign-in, sign-out and change-password pages."""
    app.config.from_mapping(
        SECURITY_PASSWORD_HASH="argon2",  # noqa: S106  # the name of an algorithm
        SECURITY_PASSWORD_SINGLE_HASH=["argon2"],
        SECURITY_PASSWORD_LENGTH_MIN=12,
        SECURITY_LOGIN_URL="/sign-in",
        SECURITY_LOGOUT_URL="/sign-out",
        SECURITY_LOGOUT_METHODS=["POST"],
        SECURITY_CHANGE_URL="/change-password",
        SECURITY_CHANGEABLE=True,
        SECURITY_SEND_PASSWORD_CHANGE_EMAIL=False,
        SECURITY_POST_LOGIN_VIEW="/inquiries",
        SECURITY_POST_LOGOUT_VIEW="/",
        SECURITY_POST_CHANGE_VIEW="/inquiries",
        # The same answer for an unknown address and a wrong password.
        SECURITY_RETURN_GENERIC_RESPONSES=True,
        SECURITY_DEFAULT_REMEMBER_ME=False,
        # Our users have no roles outside an inquiry, so there is nothing to join.
        SECURITY_JOIN_USER_ROLES=False,
    )
    security = Security(app, SQLAlchemyUserDatastore(db, User, NoRoles), register_blueprint=True)
    security.unauthn_handler(lambda *_, **__: to_sign_in())
    security.reauthn_handler(lambda *_, **__: kept_words(signed_out=True))
