"""Commands on users. They stand above accounts because a role belongs to an inquiry."""

from collections.abc import Sequence

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from consult.accounts import service
from consult.accounts.models import User
from consult.accounts.queries import user_by_email
from consult.calls.queries import inquiry_by_slug
from consult.foundation.clock import now
from consult.foundation.commands import PlainCommand, plain_errors
from consult.foundation.database import transaction
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.security import SYSTEM, Role

ROLES = click.Choice([role.value for role in Role])
EMAIL_HELP = "The address with which they sign in."


@click.group("user")
def user() -> None:
    """Make the users of this site and give them roles."""


@user.command("create", cls=PlainCommand)
@click.option("--email", required=True, help=EMAIL_HELP)
@click.option("--name", required=True, help="As others see it.")
@click.option("--password", help="Asked for when left out, which keeps it from the shell's history.")
@click.option("--role", "roles", multiple=True, type=ROLES, help="May be given more than once.")
@click.option(
    "--inquiry", "inquiries", multiple=True, help="Where the role holds; one for all roles, or one each."
)
@with_appcontext
@plain_errors
def create(
    email: str, name: str, password: str | None, roles: Sequence[str], inquiries: Sequence[str]
) -> None:
    """Make a user, with roles in inquiries if wanted."""
    wanted = pairs(roles, inquiries)
    password = password or asked_for()
    with transaction() as session:
        made = service.create_user(session, email=email, name=name, password=password, actor=SYSTEM, at=now())
        given = give(session, made, wanted)
    click.echo("\n".join([f"{name} can sign in as {email.strip().lower()}.", *given]))


@user.command("grant", cls=PlainCommand)
@click.option("--email", required=True, help=EMAIL_HELP)
@click.option(
    "--role", "roles", multiple=True, required=True, type=ROLES, help="May be given more than once."
)
@click.option("--inquiry", "inquiries", multiple=True, required=True, help="One for all roles, or one each.")
@with_appcontext
@plain_errors
def grant(email: str, roles: Sequence[str], inquiries: Sequence[str]) -> None:
    """Give a user roles in inquiries."""
    wanted = pairs(roles, inquiries)
    with transaction() as session:
        given = give(session, found(session, email), wanted)
    click.echo("\n".join(given))


@user.command("deactivate", cls=PlainCommand)
@click.option("--email", required=True, help=EMAIL_HELP)
@with_appcontext
@plain_errors
def deactivate(email: str) -> None:
    """Shut a user out; what they did stays on record."""
    with transaction() as session:
        service.deactivate_user(session, found(session, email).id, actor=SYSTEM, at=now())
    click.echo(f"{email} cannot sign in any more.")


def pairs(roles: Sequence[str], inquiries: Sequence[str]) -> list[tuple[Role, str]]:
    """Return each role with its inquiry; BadInput when it is not clear which belongs to which."""
    if bool(roles) != bool(inquiries):
        raise BadInput("A role holds in an inquiry: give --role and --inquiry together.")
    if len(inquiries) == 1:
        inquiries = list(inquiries) * len(roles)
    if len(roles) != len(inquiries):
        raise BadInput("Give one --inquiry for all roles, or one after each --role.")
    return [(Role(role), inquiry) for role, inquiry in zip(roles, inquiries, strict=True)]


def give(session: Session, made: User, wanted: list[tuple[Role, str]]) -> list[str]:
    """Give a user each role in its inquiry; return a sentence on each."""
    given = []
    for role, slug in wanted:
        inquiry = inquiry_by_slug(session, slug)
        service.grant_role(session, inquiry_id=inquiry.id, user_id=made.id, role=role, actor=SYSTEM, at=now())
        given.append(f"{made.name} is {role} of {inquiry.title}.")
    return given


def found(session: Session, email: str) -> User:
    """Return the user with an address, or say that there is none."""
    user = user_by_email(session, email)
    if user is None:
        raise NotFound(f"There is no user “{email}”. Make one: flask --app wsgi user create.")
    return user


def asked_for() -> str:
    """Ask for a password twice, unseen; BadInput where nobody can be asked."""
    try:
        return str(click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True))
    except click.Abort:
        raise BadInput("No password was given. Give --password, or type it when asked.") from None


commands = [user]
