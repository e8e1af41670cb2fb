"""The members of an inquiry: who has which role, giving and taking one."""

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.exceptions import BadRequest
from werkzeug.wrappers import Response

from consult.accounts import service
from consult.accounts.forms import GrantForm, RevokeForm
from consult.accounts.queries import members_of, user_by_email
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import Refused
from consult.foundation.guard import current_actor, current_identity, requires
from consult.foundation.security import Permission

UNKNOWN = (
    "Nobody with this address can sign in yet. Check it, or ask whoever looks after this site to add them: "
    "flask --app wsgi user create."
)

blueprint = Blueprint("accounts", __name__, url_prefix="/inquiries/<inquiry_slug>/members")


@blueprint.get("")
@requires(Permission.MANAGE_MEMBERS)
def members(inquiry_slug: str) -> str:
    """Show who has which role."""
    return members_page(GrantForm(formdata=None))


@blueprint.post("")
@requires(Permission.MANAGE_MEMBERS)
def grant(inquiry_slug: str) -> Response | tuple[str, int]:
    """Give a user a role."""
    form, identity = GrantForm(), current_identity()
    user = user_by_email(db.session(), form.email.data or "") if form.validate() else None
    if user is None:
        form.email.errors = form.email.errors or ([] if form.errors else [UNKNOWN])
        return members_page(form), 422
    user_id, name = user.id, user.name
    with transaction() as session:
        service.grant_role(
            session,
            inquiry_id=identity.inquiry_id,
            user_id=user_id,
            role=form.role.data,
            actor=current_actor(),
            at=now(),
        )
    flash(f"{name} is {form.role.data} of this inquiry.", "success")
    return redirect(url_for("accounts.members", inquiry_slug=inquiry_slug))


@blueprint.post("/revoke")
@requires(Permission.MANAGE_MEMBERS)
def revoke(inquiry_slug: str) -> Response:
    """Take a role away; the member loses it with the next request."""
    form = RevokeForm()
    if not form.validate() or form.user_id.data is None:
        raise BadRequest("No member or role was named.")
    try:
        with transaction() as session:
            service.revoke_role(
                session,
                inquiry_id=current_identity().inquiry_id,
                user_id=form.user_id.data,
                role=form.role.data,
                actor=current_actor(),
                at=now(),
            )
    except Refused as error:
        flash(str(error), "error")
    else:
        flash("The role is taken away.", "success")
    # Whoever gave up the own administration may not see this page any more.
    if form.user_id.data == current_identity().user_id:
        return redirect(url_for("calls.inquiries"))
    return redirect(url_for("accounts.members", inquiry_slug=inquiry_slug))


def members_page(form: GrantForm) -> str:
    """Return the page of members with the form for one more."""
    return render_template(
        "accounts/members.html", members=members_of(db.session(), current_identity().inquiry_id), form=form
    )
