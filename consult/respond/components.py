"""The parameters of the components that show a question."""

from collections.abc import Iterable
from itertools import zip_longest
from typing import TYPE_CHECKING, Any

from consult.calls.rules import QuestionKind
from consult.evidence.rules import word_count
from consult.foundation.language import _, foreign, in_each_number, language_of, ngettext
from consult.respond.answers import Asked, one
from consult.respond.fields import choices_of, is_long_list

if TYPE_CHECKING:
    from consult.respond.forms import QuestionForm


def widget_for(asked: Asked, form: "QuestionForm") -> dict[str, Any]:
    """Return the parameters of the component that shows a question."""
    heading = {"classes": "govuk-label--l", "isPageHeading": True, "attributes": foreign(asked.prompt)}
    if asked.kind is QuestionKind.FREE_TEXT:
        return {"label": heading, **text_area_for(asked, one(form.typed()))}
    if asked.kind is QuestionKind.NUMBER:
        return {"label": heading, "classes": "govuk-input--width-10", "inputmode": "numeric"}
    if is_long_list(asked) or asked.kind is QuestionKind.FILE:
        return {"label": heading}
    hint = {"text": asked.hint, "attributes": foreign(asked.hint)} if asked.hint else None
    fieldset = {**heading_legend(asked.prompt), "attributes": foreign(asked.prompt)}
    return {"fieldset": fieldset, "hint": hint, **items_of(asked)}


def text_area_for(asked: Asked, typed: str) -> dict[str, Any]:
    """Return the parameters of a field for words."""
    usual = asked.word_limit or asked.word_guidance or 1000
    guided: dict[str, Any] = {"hint": {"text": hint} if (hint := hint_of(asked)) else None}
    if not asked.word_limit:
        # What our own script counts while somebody types.
        guided["attributes"] = {"data-counts-words": "words-so-far"}
    # A text area swallows the first line end of what stands in it.
    return {
        "rows": 6 if usual < 200 else 14,
        "value": f"\n{typed}",
        **word_count_texts(asked.word_limit),
        **guided,
    }


def hint_of(asked: Asked) -> str:
    """Return the hint of a question for words, with how long a good answer usually is."""
    if not asked.word_guidance:
        return asked.hint
    about = ngettext(
        "About %(n)s word is a good length.",
        "About %(n)s words are a good length.",
        asked.word_guidance,
        n=f"{asked.word_guidance:,}",
    )
    return f"{asked.hint} {about}".strip()


def words_so_far(asked: Asked, typed: str) -> dict[str, Any] | None:
    """Return how many words were saved, and the wordings with which a script goes on counting."""
    if asked.kind is not QuestionKind.FREE_TEXT or asked.word_limit:
        return None
    return {"now": words_written(word_count(typed)), "wordings": in_each_number(words_counted)}


def words_written(count: int) -> str:
    """Return how many words stand there."""
    return words_counted(count).replace("%{count}", f"{count:,}")


def words_counted(number: int) -> str:
    """Return what stands below a text without a limit; the script puts the number in."""
    return ngettext("%%{count} word so far", "%%{count} words so far", number)


def items_of(asked: Asked) -> dict[str, Any]:
    """Return what is to be said of single choices: which stand alone, and which are in another language."""
    both: Iterable[tuple[dict[str, Any], dict[str, Any]]] = zip_longest(
        items_alone(asked), items_foreign(asked), fillvalue={}
    )
    items = [alone | marked for alone, marked in both]
    return {"items": items} if any(items) else {}


def items_alone(asked: Asked) -> list[dict[str, Any]]:
    """Return which of several choices untick all others, as a script does it; rules see to it without."""
    if asked.kind is not QuestionKind.SEVERAL:
        return []
    alone = [*(choice.exclusive for choice in asked.choices), *([True] if asked.may_decline else [])]
    return [{"behaviour": "exclusive"} if each else {} for each in alone]


def items_foreign(asked: Asked) -> list[dict[str, Any]]:
    """Return the language of each choice where not all of the question is in that of the page."""
    wordings = choices_of(asked).values()
    if not any(foreign(words) for words in (asked.prompt, *wordings)):
        return []
    return [{"label": {"attributes": {"lang": language_of(wording)}}} for wording in wordings]


def word_count_texts(limit: int | None) -> dict[str, Any]:
    """Return what the component that counts words says; its script picks the wording for a number."""
    if limit is None:
        return {}
    return {
        "maxwords": limit,
        "textareaDescriptionText": _("You can enter up to %(limit)s words", limit=f"{limit:,}"),
        "wordsUnderLimitText": in_each_number(words_remaining),
        "wordsAtLimitText": words_remaining(0).replace("%{count}", "0"),
        "wordsOverLimitText": in_each_number(words_too_many),
    }


def words_remaining(number: int) -> str:
    """Return what stands below a text that may still grow; the script puts the number in."""
    return ngettext("You have %%{count} word remaining", "You have %%{count} words remaining", number)


def words_too_many(number: int) -> str:
    """Return what stands below a text over its limit; the script puts the number in."""
    return ngettext("You have %%{count} word too many", "You have %%{count} words too many", number)


def heading_legend(text: str) -> dict[str, Any]:
    """Return a fieldset whose legend is the heading of the page."""
    legend = {"text": text, "classes": "govuk-fieldset__legend--l", "isPageHeading": True}
    return {"legend": legend}
