"""A receipt as a document: the same facts and answers for the page, for a file of its own and for print."""

from dataclasses import dataclass
from typing import Any

from consult.evidence.rules import PublicationChoice
from consult.foundation.language import _, page_language
from consult.foundation.web import as_time
from consult.respond.forms import PUBLICATION_CHOICES, WHAT_WILL_HAPPEN
from consult.respond.outcomes import but_where_chosen_otherwise, kept_back_in, what_happens
from consult.respond.queries_receipt import AnswerSent, Receipt


@dataclass(frozen=True)
class FactCopied:
    """One thing that is known of what was sent."""

    name: str
    value: str


@dataclass(frozen=True)
class AnswerCopied:
    """One answer with its question and what happens to it."""

    heading: str
    words: str
    chosen: tuple[str, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class ReceiptCopied:
    """Everything that was sent, ready to be shown or set."""

    title: str
    lang: str
    introduction: str
    footer: str
    facts: tuple[FactCopied, ...]
    answers: tuple[AnswerCopied, ...]

    @property
    def data(self) -> dict[str, Any]:
        """Return it as the typesetter reads it."""
        return vars(self)


def copy_of(receipt: Receipt) -> ReceiptCopied:
    """Return the copy of a receipt in the page's language; the receipt code is in none."""
    introduction = _(
        "This is a copy of everything you sent to the commission. Keep it where only you can read it."
    )
    withdrawn = _("This evidence is withdrawn.")
    return ReceiptCopied(
        title=_("Your evidence %(reference)s", reference=receipt.reference),
        lang=page_language(),
        introduction=f"{withdrawn} {introduction}" if receipt.withdrawn else introduction,
        footer=f"{receipt.reference} · {receipt.inquiry_title}",
        facts=tuple(facts_of(receipt)),
        answers=(
            *(answer_of(answer, receipt.publication) for answer in receipt.answers),
            *documents_of(receipt),
        ),
    )


def documents_of(receipt: Receipt) -> list[AnswerCopied]:
    """Return what stands below the answers: the names and sizes of the documents, if there are any."""
    names = tuple(
        f"{each.in_words}: {each.position}. {each.prompt}" if each.position else each.in_words
        for each in receipt.documents
    )
    own = (
        f"{each.name}: {what_happens(receipt.publication, each.publication)}"
        for each in receipt.documents
        if each.publication
    )
    named = _("Harm:")
    kept = (
        note
        for each in receipt.documents
        for words, harm in each.kept_back
        for note in (kept_back_in(each.name, words), f"{named} {harm}")
    )
    notes = (_("They are kept as you sent them."), *own, *kept)
    return [AnswerCopied(_("Documents"), "", names, notes)] if names else []


def facts_of(receipt: Receipt) -> list[FactCopied]:
    """Return what is known of something sent, in the order of the journey."""
    changed = receipt.version > 1
    last = _("%(when)s, version %(number)s", when=as_time(receipt.changed_at), number=receipt.version)
    not_given = _("Not given")
    happens = f"{PUBLICATION_CHOICES[receipt.publication]}. {WHAT_WILL_HAPPEN[receipt.publication]}"
    otherwise = any(answer.publication or answer.kept_back for answer in receipt.answers) or any(
        document.kept_back for document in receipt.documents
    )
    told = [
        (_("Sent to"), receipt.call_title),
        (_("Inquiry"), receipt.inquiry_title),
        (_("Received"), as_time(receipt.sent_at)),
        (_("Changed"), last if changed else ""),
        (_("Name"), receipt.name or not_given),
        (_("Organisation"), receipt.organisation or not_given),
        (_("E-mail address"), receipt.email or not_given),
        (_("Which describes you best"), receipt.respondent_type),
        *((str(declared_names()[name]), words) for name, words in receipt.declared.items()),
        (_("Publication"), f"{happens} {but_where_chosen_otherwise()}" if otherwise else happens),
    ]
    return [FactCopied(name, value) for name, value in told if value]


def declared_names() -> dict[str, str]:
    """Return the names of what can be declared."""
    return {
        "on_behalf_of": _("On whose behalf"),
        "role": _("Your role"),
        "interests": _("Interests"),
        "funding": _("Funding"),
    }


def answer_of(answer: AnswerSent, whole: PublicationChoice) -> AnswerCopied:
    """Return one answer with what happens to it where that is not what happens to all."""
    own = [what_happens(whole, answer.publication)] if answer.publication else []
    named = _("Harm:")
    kept = [
        note
        for words, harm in answer.kept_back
        for note in (
            _("Kept from everybody outside the commission: “%(words)s”", words=words),
            f"{named} {harm}",
        )
    ]
    return AnswerCopied(f"{answer.position}. {answer.prompt}", answer.words, answer.chosen, tuple(own + kept))
