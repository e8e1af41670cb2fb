"""Sign-in by Flask-Security: passwords hashed with argon2id, members invited by command only."""

import hashlib
import ipaddress
from typing import Any

from flask import Flask, Response, after_this_request, current_app, request
from flask_security import LoginForm, RoleMixin, Security
from flask_security.datastore import SQLAlchemyUserDatastore

from consult.accounts import service
from consult.accounts.models import User
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.web import kept_words, to_sign_in


class NoRoles(RoleMixin):
    """Flask-Security wants a role model; our roles belong to memberships, so this one is never stored."""


class SignInForm(LoginForm):
    """Sign-in that counts tries first: docs/adr/0020-sign-in-attempts.md tells why and how many."""

    too_many = False

    def validate(self, **kwargs: Any) -> bool:
        """Tell whether the user may enter; too many tries are refused unread."""
        mark = {
            "account": digest(normal(self.email.data)),
            "address": digest(network_of(request.remote_addr)),
        }
        with transaction() as session:
            allowed = service.begin_sign_in(session, **mark, at=now())
        if not allowed:
            self.too_many = True
            after_this_request(as_too_many)
            return False
        if not super().validate(**kwargs):
            return False
        # Flask-Security has read the user; ending that read here leaves the row to be read again.
        with transaction() as session:
            service.complete_sign_in(session, **mark)
        return True


def as_too_many(response: Response) -> Response:
    """Mark an answer as refused for too many tries."""
    response.status_code = 429
    return response


def normal(email: str | None) -> str:
    """Return an address as it is stored, so that capitals do not buy more tries."""
    return (email or "").strip().lower()


def network_of(address: str | None) -> str:
    """Return the address that counts: of IPv6 the first half, since the rest is the reader's to choose."""
    try:
        known = ipaddress.ip_address(address or "")
    except ValueError:
        return ""
    if known.version == 6 and known.ipv4_mapped:
        # A server that listens on both writes IPv4 so; by their first half all these would be one network.
        known = known.ipv4_mapped
    if known.version == 4:
        return str(known)
    return str(ipaddress.ip_network((known, 64), strict=False))


def digest(text: str) -> str:
    """Return a digest that only this instance can make."""
    key = hashlib.sha256(current_app.config["SECRET_KEY"].encode()).digest()
    return hashlib.blake2b(text.encode("utf-8", "replace"), key=key, digest_size=32).hexdigest()


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
        # The library's own commands would make users past our verbs and the audit log.
        SECURITY_CLI_USERS_NAME=False,
        SECURITY_CLI_ROLES_NAME=False,
    )
    security = Security(
        app, SQLAlchemyUserDatastore(db, User, NoRoles), login_form=SignInForm, register_blueprint=True
    )
    security.unauthn_handler(lambda *_, **__: to_sign_in())
    security.reauthn_handler(lambda *_, **__: kept_words(signed_out=True))
