"""Campaigns: what the machine proposes, what a person confirms, and how each is counted."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from consult.evidence.forms_campaigns import WordingForm, references_in
from consult.evidence.queries import campaigns as reads
from consult.evidence.queries.letters import last_run
from consult.evidence.queries.variants import VARIANTS_A_PAGE, template_texts, variant_page
from consult.evidence.rules_campaigns import (
    MUCH_OF_ITS_OWN,
    RULE_WORDS,
    VERDICT_WORDS,
    CampaignVerdict,
    counted_under,
    method_sentences,
)
from consult.evidence.service import campaigns as service
from consult.evidence.service.grouping import want_campaigns
from consult.foundation.clock import now
from consult.foundation.database import db, transaction
from consult.foundation.errors import BadInput, NotFound
from consult.foundation.guard import acting, current_actor, current_identity, requires
from consult.foundation.panels import Step, link, next_steps
from consult.foundation.security import Permission

blueprint = Blueprint("campaigns", __name__, url_prefix="/inquiries/<inquiry_slug>/campaigns")

MOST_PAGES = 1_000_000


@dataclass(frozen=True)
class Shown:
    """Which letters of a campaign a page lists, in words and in its address."""

    key: str
    words: str
    count: int


@blueprint.get("")
@requires(Permission.READ_EVIDENCE)
def index(inquiry_slug: str) -> str:
    """List the groups that wait for a person, and the campaigns that have been confirmed."""
    session, identity = db.session(), current_identity()
    groups = reads.proposed_groups(session, identity.inquiry_id)
    campaigns = reads.campaigns_of(session, identity.inquiry_id)
    return render_template(
        "campaigns/index.html",
        groups=[group for group in groups if group.campaign_id is None and not group.is_pair],
        pairs=[group for group in groups if group.campaign_id is None and group.is_pair],
        offered={group.campaign_id: group.letters for group in groups if group.campaign_id},
        campaigns=[(campaign, " ".join(method_sentences(campaign.method))) for campaign in campaigns],
        rule_words=RULE_WORDS,
        run=last_run(session, identity.inquiry_id),
        may_decide=identity.may(Permission.HANDLE_EVIDENCE),
    )


@blueprint.post("/find")
@requires(Permission.HANDLE_EVIDENCE)
def find(inquiry_slug: str) -> Response:
    """Ask the machine to group all letters again; asking twice is asking once."""
    with transaction() as session:
        job_id = want_campaigns(
            session, inquiry_id=current_identity().inquiry_id, actor=current_actor(), at=now()
        ).id
    return redirect(url_for("jobs.job", inquiry_slug=inquiry_slug, job_id=job_id))


@blueprint.get("/proposed/<reference>")
@requires(Permission.READ_EVIDENCE)
def proposed(inquiry_slug: str, reference: str) -> str:
    """Show a group of similar letters: the template once, and each variant with its own words marked."""
    return group_page(reference, WordingForm(formdata=None))


@blueprint.post("/proposed/<reference>")
@requires(Permission.HANDLE_EVIDENCE)
def confirm(inquiry_slug: str, reference: str) -> Response:
    """Confirm a campaign: all its letters, or its template first and the others one by one."""
    form = WordingForm()
    if not form.validate_on_submit():
        return make_response(group_page(reference, form), 422)
    alone = request.form.get("letters") == "one-by-one"
    with transaction() as session:
        made = service.confirm_campaign(session, reference, form.wording(), template_alone=alone, **acting())
        campaign_id, name = made.id, made.name
    flash(f"The campaign “{name}” is confirmed.", "success")
    return to_campaign(campaign_id)


@blueprint.post("/proposed/<reference>/refuse")
@requires(Permission.HANDLE_EVIDENCE)
def refuse(inquiry_slug: str, reference: str) -> Response:
    """Say that a group of letters is no campaign."""
    with transaction() as session:
        letters = service.refuse_group(session, reference, **acting())
    flash(f"These {letters:,} letters are no campaign. Each is counted as any other submission.", "success")
    return redirect(url_for("campaigns.index", inquiry_slug=inquiry_slug))


@blueprint.get("/<int:campaign_id>")
@requires(Permission.READ_EVIDENCE)
def campaign(inquiry_slug: str, campaign_id: int) -> str:
    """Show a campaign with its letters, and those that are offered to it."""
    return campaign_page(campaign_id)


@blueprint.post("/<int:campaign_id>")
@requires(Permission.HANDLE_EVIDENCE)
def change(inquiry_slug: str, campaign_id: int) -> Response:
    """Change how a campaign is called and counted."""
    form = WordingForm()
    if not form.validate_on_submit():
        return make_response(campaign_page(campaign_id, form), 422)
    with transaction() as session:
        service.change_campaign(session, campaign_id, form.wording(), **acting())
    flash("The campaign is changed. Every figure follows.", "success")
    return to_campaign(campaign_id)


@blueprint.post("/<int:campaign_id>/letters")
@requires(Permission.HANDLE_EVIDENCE)
def decide(inquiry_slug: str, campaign_id: int) -> Response:
    """Put letters into a campaign, count them by themselves, take them out or move them to another."""
    references = [*request.form.getlist("letter"), *references_in(request.form.get("references", ""))]
    if not references:
        raise BadInput("Give the reference of at least one submission, such as LOC0012.")
    verdict = verdict_given(request.form.get("verdict", ""))
    with transaction() as session:
        changed = service.decide_letters(session, campaign_id, references, verdict, **acting())
    if changed:
        letters = f"{references[0]}" if len(references) == 1 else f"{len(references):,} letters"
        flash(f"{letters}: {VERDICT_WORDS[verdict].lower()}.", "success")
    return to_campaign(whole(request.form.get("back")) or campaign_id, request.form.get("show", ""))


@blueprint.post("/<int:campaign_id>/waiting")
@requires(Permission.HANDLE_EVIDENCE)
def take_waiting(inquiry_slug: str, campaign_id: int) -> Response:
    """Take all letters that are offered to a campaign into it."""
    with transaction() as session:
        taken = service.confirm_waiting(session, campaign_id, **acting())
    flash(f"{taken:,} {'letter' if taken == 1 else 'letters'} added to the campaign.", "success")
    return to_campaign(campaign_id)


@blueprint.post("/<int:campaign_id>/split")
@requires(Permission.HANDLE_EVIDENCE)
def split(inquiry_slug: str, campaign_id: int) -> Response:
    """Make some letters of a campaign a campaign of their own."""
    references = references_in(" ".join(request.form.getlist("letter")))
    name = request.form.get("name", "")
    with transaction() as session:
        rule = reads.campaign_by_id(session, current_identity().inquiry_id, campaign_id).rule
        made = service.split_campaign(
            session, campaign_id, references, service.Wording(name, rule), **acting()
        )
        made_id, name = made.id, made.name
    flash(f"“{name}” is now a campaign of its own.", "success")
    return to_campaign(made_id)


def group_page(reference: str, form: WordingForm) -> str:
    """Render a group that waits, with the form as it stands."""
    session, identity = db.session(), current_identity()
    group = reads.proposed_group(session, identity.inquiry_id, reference)
    letters = reads.letters_waiting(session, group.template_id, None)
    counted = reads.submissions_counted(session, identity.inquiry_id)
    return render_template(
        "campaigns/proposed.html",
        group=group,
        form=form,
        effects=counted_under(counted, group.letters - group.much_of_their_own),
        template=template_texts(session, group.template_id),
        may_decide=identity.may(Permission.HANDLE_EVIDENCE),
        **variants_shown(session, letters),
    )


def campaign_page(campaign_id: int, form: WordingForm | None = None) -> str:
    """Render a campaign, with the form as it stands."""
    session, identity = db.session(), current_identity()
    found = reads.campaign_by_id(session, identity.inquiry_id, campaign_id)
    waiting = reads.letters_waiting(session, found.template_id, found.id)
    lists = [
        Shown("members", "In the campaign", found.letters),
        Shown("waiting", "Offered by the machine", len(waiting)),
    ]
    asked = request.args.get("show") or ("waiting" if waiting else "members")
    shown = next((each for each in lists if each.key == asked), lists[0])
    letters = waiting if shown.key == "waiting" else reads.letters_of(session, found.id)
    counted = reads.submissions_counted(session, identity.inquiry_id)
    return render_template(
        "campaigns/campaign.html",
        campaign=found,
        method=method_sentences(found.method),
        rule_words=RULE_WORDS,
        form=form or WordingForm(formdata=None, obj=found),
        effects=counted_under(counted_each(counted, found), found.letters - found.by_itself),
        template=template_texts(session, found.template_id),
        lists=lists,
        shown=shown,
        others=[each for each in reads.campaigns_of(session, identity.inquiry_id) if each.id != found.id],
        may_decide=identity.may(Permission.HANDLE_EVIDENCE),
        figures=link("themes.index", {}, identity),
        coding=link("coding.screen", {"reference": found.template}, identity),
        **variants_shown(session, letters),
    )


def counted_each(counted: int, found: reads.CampaignRead) -> int:
    """Return how many submissions figures would count if each letter of this campaign did."""
    ruled = found.letters - found.by_itself
    return counted - counted_under(ruled, ruled)[found.rule] + ruled


def variants_shown(session: Session, letters: Sequence[tuple[int, float]]) -> dict[str, Any]:
    """Return the page of variants that the address asks for, those with much of their own apart."""
    page = min(max(request.args.get("page", 1, type=int), 1), MOST_PAGES)
    found = variant_page(session, letters, page)
    much = [variant for variant in found.variants if variant.own_share >= MUCH_OF_ITS_OWN]
    return {
        "page": page,
        "variants": found,
        "much": much,
        "some": [variant for variant in found.variants if variant not in much],
        "first_number": VARIANTS_A_PAGE * (page - 1) + 1,
    }


def verdict_given(text: str) -> CampaignVerdict:
    """Return the verdict that a button carries."""
    try:
        return CampaignVerdict(text)
    except ValueError:
        raise BadInput("Choose what happens to these letters.") from None


def whole(text: str | None) -> int | None:
    """Return the id in a field, None where there is none."""
    if not text:
        return None
    if not text.isdecimal():
        raise NotFound("There is no such campaign in this inquiry.")
    return int(text)


def to_campaign(campaign_id: int, show: str = "") -> Response:
    """Lead back to a campaign."""
    slug = current_identity().inquiry_slug
    return redirect(
        url_for("campaigns.campaign", inquiry_slug=slug, campaign_id=campaign_id, show=show or None)
    )


@next_steps(Permission.HANDLE_EVIDENCE)
def review_campaigns(session: Session, inquiry_id: int) -> list[Step]:
    """Offer the clerk the groups of similar letters that wait."""
    groups = reads.proposed_groups(session, inquiry_id)
    letters = sum(group.letters for group in groups if not group.is_pair or group.campaign_id)
    return [Step(f"Review {letters:,} similar letters", "campaigns.index")] if letters else []
