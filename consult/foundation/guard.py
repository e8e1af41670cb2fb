"""Default deny: each view states its permission or that it is public; all else is refused."""

from collections.abc import Callable
from typing import Any, TypeVar, cast

from flask import Flask, abort, current_app, g, request
from flask_security import current_user
from werkzeug.wrappers import Response

from consult.foundation.clock import now
from consult.foundation.security import Actor, Identity, Permission

View = TypeVar("View", bound=Callable[..., Any])
Identify = Callable[[int, str], Identity | None]

# Endpoints of libraries, which cannot carry our decorators: sign-in and out, own password, static files.
PUBLIC_ENDPOINTS = frozenset({"static", "security.login", "security.logout", "security.static"})
SIGNED_IN_ENDPOINTS = frozenset({"security.change_password", "security.verify"})
SIGNED_IN = "signed in"
PUBLIC = "public"


def requires(permission: Permission) -> Callable[[View], View]:
    """Demand a permission in the inquiry named by the route's `inquiry_slug`."""

    def mark(view: View) -> View:
        cast(Any, view).access = permission
        return view

    return mark


def public(view: View) -> View:
    """Open a view to everybody."""
    cast(Any, view).access = PUBLIC
    return view


def signed_in(view: View) -> View:
    """Open a view to every signed-in user, whatever the inquiry."""
    cast(Any, view).access = SIGNED_IN
    return view


def access_of(app: Flask, endpoint: str) -> Permission | str | None:
    """Return what an endpoint demands: a Permission, PUBLIC, SIGNED_IN, or None when it says nothing."""
    if endpoint in PUBLIC_ENDPOINTS:
        return PUBLIC
    if endpoint in SIGNED_IN_ENDPOINTS:
        return SIGNED_IN
    access: Permission | str | None = getattr(app.view_functions[endpoint], "access", None)
    return access


def current_identity() -> Identity:
    """Return who is asking; only inside a view that demands a permission."""
    return cast(Identity, g.identity)


def current_actor() -> Actor:
    """Return the signed-in member as the actor of a service verb."""
    return Actor.member(current_identity().user_id)


def acting() -> dict[str, Any]:
    """Return what a service verb asks for beside its own arguments: in which inquiry, who, when."""
    return {"inquiry_id": current_identity().inquiry_id, "actor": current_actor(), "at": now()}


def enforce() -> Any:
    """Refuse the request unless its endpoint's access allows it."""
    # Flask-Security's own notion of an identity lies under the same name; ours exists within an inquiry only.
    g.identity = None
    if request.endpoint is None:
        return None  # no such page: Flask answers 404 (or 405) by itself
    access = access_of(current_app, request.endpoint)
    if access == PUBLIC:
        return None
    if access is None:
        abort(403)
    if not current_user.is_authenticated:
        return ask_to_sign_in()
    return None if access == SIGNED_IN else admit(cast(Permission, access))


def admit(permission: Permission) -> None:
    """Let a member with the permission in; to strangers the inquiry does not exist."""
    identify: Identify = current_app.extensions["consult.identify"]
    slug = (request.view_args or {}).get("inquiry_slug", "")
    identity = identify(current_user.id, slug)
    if identity is None:
        abort(404)
    g.identity = identity
    if not identity.may(permission):
        abort(403)


def ask_to_sign_in() -> Response:
    """Send a reader to the sign-in page; keep what a writer had typed on the page shown."""
    from consult.foundation.web import kept_words, to_sign_in  # noqa: PLC0415  # web imports guard's room

    return to_sign_in() if request.method == "GET" else kept_words(signed_out=True)


def init_app(app: Flask, identify: Identify) -> None:
    """Guard every route; `identify(user_id, inquiry_slug)` returns the member's Identity or None."""
    app.extensions["consult.identify"] = identify
    app.before_request(enforce)
