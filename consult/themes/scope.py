"""A selection in addresses and in words, so that each figure can open its own list."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import url_for

from consult.evidence.rules_campaigns import Counting
from consult.foundation.errors import NotFound
from consult.foundation.web import LARGEST_ID
from consult.themes.queries.facets import Facet, Facets
from consult.themes.rules import Selection, Unit, noun

FIELDS = {
    Facet.THEME: "theme_id",
    Facet.CODE: "code_id",
    Facet.PHASE: "phase_id",
    Facet.CALL: "call_id",
    Facet.TYPE: "type_id",
    Facet.PLACE: "place_id",
}
WORDS = {
    Facet.THEME: "under the theme “{}”",
    Facet.CODE: "with the code “{}”",
    Facet.PHASE: "in the phase “{}”",
    Facet.CALL: "in answer to “{}”",
    Facet.TYPE: "from: {}",
    Facet.PLACE: "about: {}",
}
COUNTED_SO = {
    Counting.EVERY: "with every letter of campaigns counted",
    Counting.WITHOUT: "with campaigns left out",
    Counting.GROUPED: "that the rule of a campaign decides",
}
WHOLE = re.compile(r"-?[0-9]{1,10}")


@dataclass(frozen=True)
class Number:
    """A figure as a page shows it: what it counts and where it opens."""

    text: str
    noun: str
    href: str


@dataclass(frozen=True)
class Scope:
    """One inquiry's addresses and names."""

    inquiry_slug: str
    inquiry_id: int
    facets: Facets

    def read(self, args: Mapping[str, Any]) -> Selection:
        """Return the selection that an address describes; NotFound for a value the inquiry does not have."""
        chosen = {
            field: self.facets.by_slug(facet, args[facet]).id
            for facet, field in FIELDS.items()
            if args.get(facet)
        }
        return Selection(self.inquiry_id).but(
            **chosen,
            coded=args.get("coded") == "yes",
            out_of_scope=args.get("scope") == "outside",
            question_id=whole(args.get("question")),
            row_id=whole(args.get("row")),
            declined=args.get("declined") == "yes",
            counting=counting_of(args.get("campaigns")),
            campaign_id=whole(args.get("campaign")),
            answers=tuple(number for number in map(whole, _listed(args, "answer")) if number is not None),
        )

    def args(self, selection: Selection) -> dict[str, Any]:
        """Return the words of an address that describe a selection."""
        args: dict[str, Any] = {
            facet.value: self.facets.by_id(facet, getattr(selection, field)).slug
            for facet, field in FIELDS.items()
            if getattr(selection, field) is not None
        }
        if selection.coded:
            args["coded"] = "yes"
        if selection.out_of_scope:
            args["scope"] = "outside"
        if selection.counting is not Counting.RULED:
            args["campaigns"] = selection.counting.value
        if selection.campaign_id is not None:
            args["campaign"] = selection.campaign_id
        if selection.question_id is not None:
            args["question"] = selection.question_id
            args["answer"] = list(selection.answers)
        if selection.row_id is not None:
            args["row"] = selection.row_id
        if selection.declined:
            args["declined"] = "yes"
        return args

    def words(self, selection: Selection) -> list[str]:
        """Return a selection's conditions as people say them."""
        said = [
            WORDS[facet].format(self.facets.by_id(facet, getattr(selection, field)).name)
            for facet, field in FIELDS.items()
            if getattr(selection, field) is not None
        ]
        if selection.coded:
            said.append("with at least one coding")
        if selection.out_of_scope:
            said.append("set aside as out of scope")
        if selection.campaign_id is not None:
            said.append("in one campaign")
        if selection.counting in COUNTED_SO:
            said.append(COUNTED_SO[selection.counting])
        return said

    def number(self, unit: Unit, count: int, selection: Selection) -> Number:
        """Return a figure that opens the list of what it counts."""
        path = url_for(f"themes.{unit}", inquiry_slug=self.inquiry_slug)
        return Number(f"{count:,}", noun(unit, count), with_args(path, self.args(selection)))

    def paragraph(self, reference: str, paragraph: int) -> str:
        """Return where a paragraph of a submission stands."""
        return url_for(
            "evidence.submission",
            inquiry_slug=self.inquiry_slug,
            reference=reference,
            _anchor=f"p{paragraph}",
        )


def counting_of(text: str | None) -> Counting:
    """Return the counting in an address, by the rules where it names none; NotFound for anything else."""
    try:
        return Counting(text) if text else Counting.RULED
    except ValueError:
        raise NotFound("There is no such way to count campaigns. Go back and choose one again.") from None


def with_args(path: str, args: Mapping[str, Any]) -> str:
    """Return an address with its query."""
    return f"{path}?{urlencode(args, doseq=True)}" if args else path


def whole(text: str | None) -> int | None:
    """Return the whole number in an address, None where there is none; NotFound for anything else."""
    if not text:
        return None
    if not WHOLE.fullmatch(text) or abs(int(text)) > LARGEST_ID:
        raise NotFound("There is no such list. Go back and follow the link again.")
    return int(text)


def _listed(args: Mapping[str, Any], name: str) -> list[str]:
    getlist = getattr(args, "getlist", None)
    found: list[str] = getlist(name) if getlist else args.get(name, [])
    return found
