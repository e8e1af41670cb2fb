"""Names of private people, by the words around them: titles, relations, signatures, first names.

Patterns of spaCy's Matcher on a blank pipeline: no model has to be there. Who holds a public office
("Cllr Day", "Mary Roe MP") is left alone, and so are places and bodies that bear a person's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from nlp.first_names import AMBIGUOUS, FIRST_NAMES, NEVER_ALONE, SURE_WITHIN, WELSH_WORDS
from nlp.personal_formats import PersonalData

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc, Token
    from spacy.tokens import Span as Stretch

# A title that says nothing of an office.
TITLES = ("mr", "mrs", "ms", "miss", "mx", "dr", "nurse", "pc", "mr.", "mrs.", "ms.", "dr.")
# Who bears one speaks or acts in public.
OFFICES = frozenset(
    """
    cllr councillor lord lady baroness baron sir dame rt hon professor prof minister mayor secretary
    president chancellor king queen prince princess pope saint st justice judge alderman commissioner
    cyng cynghorydd
    """.split()  # noqa: SIM905 # thirty strings in brackets are no easier to read
)
OFFICES_AFTER = frozenset({"mp", "mps", "ms", "msp", "mla", "mep", "am", "qc", "kc"})
RELATIONS = tuple(
    """
    neighbour neighbours friend husband wife partner mother father mum mam dad son daughter sister brother
    uncle aunt aunty auntie nan grandmother grandfather grandson granddaughter niece nephew cousin landlord
    landlady carer gp boss colleague client patient tenant
    """.split()  # noqa: SIM905 # as above
)
# Whoever is called one of these is a person, whatever they are named.
FAMILY = frozenset(RELATIONS) - {"friend", "partner", "boss", "colleague", "client", "patient", "tenant"}
ROLES = frozenset(
    """
    agent builder caretaker cleaner clerk consultant cook doctor driver electrician gardener interpreter
    manager nurse officer plumber receptionist secretary solicitor steward teacher treasurer vicar
    volunteer warden worker
    """.split()  # noqa: SIM905 # as above
)
OWNERS = ("my", "our", "his", "her", "their", "whose")
# Capitalised words that begin no name, and words after a first name that make it a place or a body.
NO_NAMES = frozenset(
    """
    i a an the and but or if in on at to of for with from by as is was has had have it he she we you
    they who what when where why how this that these those my our your his her their there then so not
    no yes monday tuesday wednesday thursday friday saturday sunday january february march april may
    june july august september october november december christmas easter council government parliament
    english welsh scottish british irish european labour conservative tory liberal green plaid brexit
    covid facebook president director executive professor interim head program programme officer manager
    chief chair chairman secretary vice principal senior dear re subject tel email transform
    """.split()  # noqa: SIM905 # as above
)
OF_PLACES = frozenset(
    """
    street road lane avenue close drive way crescent court terrace place gardens grove square hill row
    mews walk park house hall hospital school college university academy church chapel cathedral trust
    foundation council centre center institute estate ward county city town village bridge station
    library theatre museum hotel inn arms pub day act bill report review committee commission fund
    scheme award prize building tower field fields green common farm wood woods bay beach dock docks
    harbour island river valley mill plc ltd limited group association society partners sons co rangers
    rovers united fc review inquiry lecture model principles code law test line
    """.split()  # noqa: SIM905 # as above
)
# Everybody speaks of them; their names protect nobody.
PUBLIC_FIGURES = frozenset(
    """
    thatcher blair cameron johnson truss sunak starmer corbyn clegg miliband osborne farage drakeford
    gething sturgeon salmond attlee churchill beveridge macmillan obama trump biden reagan shakespeare
    dickens orwell marx keynes
    """.split()  # noqa: SIM905 # as above
)
_CLOSING = re.compile(
    r"^[^\S\n]*(?:yours (?:sincerely|faithfully|truly)|(?:kind |best |warm )*regards|with thanks|best wishes"
    r"|signed|yn gywir|cofion(?: gorau)?|diolch)[^\S\n]*[,:.]?[^\S\n]*\n"
    r"(?:[^\S\n]*\n)*[^\S\n]*(\S[^\n]{1,60})",
    re.IGNORECASE | re.MULTILINE,
)
_SIGNED_LINE = re.compile(r"^(?:[A-ZÀ-Þ][\w'’.-]*[^\S\n]?){1,4}$")
_NAME: dict[str, Any] = {"IS_TITLE": True, "IS_ALPHA": True, "LOWER": {"NOT_IN": sorted(NO_NAMES)}}
# "O’Neill", "Smith-Jones", "McKay": what IS_TITLE and IS_ALPHA do not know.
_SURNAME: dict[str, Any] = {
    "TEXT": {"REGEX": r"^(?:[A-ZÀ-Þ][a-zà-ÿ'’]+(?:[A-ZÀ-Þ][a-zà-ÿ]+)?-?)+$"},
    "LOWER": {"NOT_IN": sorted(NO_NAMES)},
}
_INITIAL: dict[str, Any] = {"TEXT": {"REGEX": r"^[A-Z]\.?$"}, "OP": "*"}
_FIRST: dict[str, Any] = {"LOWER": {"IN": sorted(FIRST_NAMES)}, "TEXT": {"REGEX": r"^[A-ZÀ-Þ]"}}
_MORE = {**_SURNAME, "OP": "{0,2}"}

# Of each rule its ground, its score and what is said of it.
RULES: dict[str, tuple[str, float, str]] = {
    "titled": ("third_party", 0.8, "a title and a name"),
    "introduced": ("name", 0.95, "the writer introduces themselves"),
    "related": ("third_party", 0.85, "somebody close to the writer, by name"),
    "named": ("third_party", 0.6, "a first name and a surname"),
    "alone": ("third_party", 0.5, "a first name by itself"),
}
# "Auntie May", of whom no one says "my".
KIN = ("aunt", "auntie", "aunty", "uncle", "nan", "nana", "gran", "granny", "grandma", "grandad", "grandpa")
# "In Florence", "at Beverley": a first name that is a place.
_BEFORE_PLACES = frozenset({"in", "at", "near", "around", "outside"})


class NameFinder:
    """Finds names of private people in texts that a blank pipeline has cut into words."""

    def __init__(self, pipeline: Language) -> None:
        from spacy.matcher import Matcher

        self._matcher = Matcher(pipeline.vocab)
        for rule, patterns in _patterns().items():
            self._matcher.add(rule, patterns, greedy="LONGEST")

    def find(self, doc: Doc, language: str = "en") -> Iterator[PersonalData]:
        """Yield the names of one text, and where a private person once named in full is named again."""
        found = []
        for key, start, end in self._matcher(doc):
            rule = doc.vocab.strings[key]
            name = _name_in(doc[start:end], rule)
            if rule == "alone" and language == "cy" and doc[start].lower_ in WELSH_WORDS:
                continue
            if name is not None and _is_private(name, rule):
                name = _with_second_half(name)
                ground, score, reason = RULES[rule]
                found.append(PersonalData(name.start_char, name.end_char, ground, score, reason))
        found += signatures_in(doc.text)
        yield from found
        yield from named_again(doc, found)


def _patterns() -> dict[str, list[list[dict[str, Any]]]]:
    me: list[dict[str, Any]] = [
        {"LOWER": "my"},
        {"LOWER": {"IN": ["full", "own"]}, "OP": "?"},
        {"LOWER": "name"},
    ]
    my_name = [*me, {"LOWER": {"IN": ["is", "’s", "'s", ":"]}}]
    close: list[dict[str, Any]] = [
        {"LOWER": {"IN": list(OWNERS)}},
        {"IS_LOWER": True, "OP": "?"},
        {"LOWER": {"IN": list(RELATIONS)}},
    ]
    title: dict[str, Any] = {"LOWER": {"IN": list(TITLES)}, "TEXT": {"REGEX": "^[A-Z]"}}
    return {
        "titled": [[title, {"TEXT": ".", "OP": "?"}, _INITIAL, _SURNAME, _MORE]],
        "introduced": [
            [*my_name, _SURNAME, _MORE],
            [
                {"LOWER": "i"},
                {"LOWER": {"IN": ["am", "’m", "'m"]}},
                _FIRST,
                _SURNAME,
                {**_SURNAME, "OP": "?"},
            ],
        ],
        "related": [
            [*close, {"TEXT": {"IN": [",", "("]}, "OP": "?"}, {**title, "OP": "?"}, _NAME, _MORE],
            [*close, {"LOWER": {"IN": ["called", "named"]}}, _NAME, _MORE],
            [
                {"LOWER": {"IN": sorted(ROLES)}},
                {"TEXT": {"IN": [",", "("]}},
                {**title, "OP": "?"},
                _NAME,
                _MORE,
            ],
            [{"LOWER": {"IN": list(KIN)}, "IS_TITLE": True}, _NAME, _MORE],
        ],
        "alone": [[{**_FIRST, "IS_TITLE": True}]],
        "named": [[_FIRST, _INITIAL, _SURNAME, {**_SURNAME, "OP": "?"}]],
    }


def _name_in(match: Stretch, rule: str) -> Stretch | None:
    """The name within a match: what follows the words that gave it away; a title stays with its name."""
    if rule in {"titled", "named", "alone"} or match[0].lower_ in KIN:
        return match
    at = len(match)
    while at and (match[at - 1].text[0].isupper() or match[at - 1].text == "."):
        at -= 1
    return match[at:] if at < len(match) else None


def _with_second_half(name: Stretch) -> Stretch:
    """A name with what a hyphen joins to it: "Hugo Latimer" of Latimer-Price."""
    following = name.doc[name.end : name.end + 2]
    joined = len(following) == 2 and following[0].text == "-" and following[1].text[0].isupper()
    touching = joined and not name[-1].whitespace_ and not following[0].whitespace_
    return name.doc[name.start : name.end + 2] if touching else name


def _is_private(name: Stretch, rule: str) -> bool:
    words = [token.lower_ for token in name]
    if PUBLIC_FIGURES & set(words) or _holds_office(name):
        return False
    if rule in {"titled", "introduced"} or words[0] in KIN:
        return True
    if rule == "alone":
        return _sure_alone(name) and not _cited(name)
    return not (OF_PLACES & set(words) or _belongs_to_place(name, rule)) and _is_person(name, words, rule)


def _is_person(name: Stretch, words: list[str], rule: str) -> bool:
    if rule == "related":
        return words[0] in FIRST_NAMES or words[0] in TITLES or len(words) > 1 or _presented(name)
    return not _cited(name) and not (words[0] in AMBIGUOUS and _begins_sentence(name[0]))


def _belongs_to_place(name: Stretch, rule: str) -> bool:
    """A place or a body bears the name: "Sarah Jones's Trust", "the manager, Southwark Council"."""
    if rule == "named":
        return _next_lower(name) in OF_PLACES | {"'s", "’s"} and _is_place(name)
    return name.doc[name.end : name.end + 1].text.lower() in OF_PLACES


def _sure_alone(name: Stretch) -> bool:
    word = name[0].lower_
    sure = word not in AMBIGUOUS or (word in SURE_WITHIN and not _begins_sentence(name[0]))
    return sure and word not in NEVER_ALONE and _stands_alone(name)


def _presented(name: Stretch) -> bool:
    """Who it is stands before the name: "my son Tyrone", "one good worker, Ximena"."""
    before = [t.lower_ for t in name.doc[max(name.start - 2, 0) : name.start] if t.is_alpha]
    return bool(before) and before[-1] in FAMILY | ROLES


def _stands_alone(name: Stretch) -> bool:
    """No part of a longer name, and nothing that makes it a place."""
    before, after = name.doc[max(name.start - 1, 0) : name.start], name.doc[name.end : name.end + 1]
    joined = {before.text, after.text} & {"-", "–", "&"}
    continues = len(after.text) > 1 and after.text[0].isupper()
    continued = (
        not _begins_sentence(name[0]) and before.text.istitle() and before.text.lower() not in NO_NAMES
    )
    of_place = before.text.lower() in _BEFORE_PLACES or (after.text in {"'s", "’s"} and _is_place(name))
    return not (joined or continues or continued or of_place)


def _is_place(name: Stretch) -> bool:
    following = name.doc[name.end + 1] if name.end + 1 < len(name.doc) else None
    return following is not None and following.lower_ in OF_PLACES


def _holds_office(name: Stretch) -> bool:
    before = {
        token.lower_.rstrip(".")
        for token in name.doc[max(name.start - 3, 0) : name.start]
        if token.text[0].isupper()
    }
    return bool(before & OFFICES) or _next_lower(name) in OFFICES_AFTER


def _next_lower(name: Stretch) -> str:
    following = name.doc[name.end : name.end + 2]
    words = [token.lower_ for token in following if token.text not in {",", "("}]
    return words[0] if words else ""


def _cited(name: Stretch) -> bool:
    """A year or "et al" after a name: a work is cited."""
    following = name.doc[name.end : name.end + 4].text
    return bool(re.match(r"\s*(?:et al|[,(]*\s*(?:19|20)\d\d\b)", following))


def _begins_sentence(token: Token) -> bool:
    return (
        token.i == 0 or token.nbor(-1).text in {".", "!", "?", ":", "\n", "\n\n"} or token.nbor(-1).is_space
    )


def signatures_in(text: str) -> Iterator[PersonalData]:
    """Yield the name below "Yours sincerely" and the like."""
    for match in _CLOSING.finditer(text):
        line = match.group(1).rstrip(" ,.")
        named = line.split(",")[0].strip()
        if _SIGNED_LINE.match(named):
            start = match.start(1)
            yield PersonalData(start, start + len(named), "name", 0.9, "a signature below a closing")


def named_again(doc: Doc, found: Iterable[PersonalData]) -> Iterator[PersonalData]:
    """Yield where part of a name that was found in full stands by itself."""
    text = doc.text  # put together anew each time it is asked for
    grounds: dict[str, str] = {}
    for name in found:
        words = [w for w in re.findall(r"[\w’'-]+", text[name.start : name.end]) if w.lower() not in TITLES]
        alone = name.reason == RULES["alone"][2]
        for word in words if len(words) > 1 or name.ground == "name" or alone else ():
            if len(word) > 2 and (alone or word.lower() not in AMBIGUOUS | OF_PLACES):
                grounds.setdefault(_plain(word), name.ground)
    for token in doc if grounds else ():
        ground = grounds.get(_plain(token.text))
        if ground and not _named_otherwise(token, grounds) and not _holds_office(doc[token.i : token.i + 1]):
            reason = "part of a name that stands in full elsewhere"
            yield PersonalData(token.idx, token.idx + len(token), ground, 0.5, reason)


def _plain(word: str) -> str:
    return word.replace("’", "'")


def _named_otherwise(token: Token, grounds: Iterable[str]) -> bool:
    """Somebody else with the same first name: "Mary Smith" was found and this is "Mary Roe"."""
    following = token.doc[token.i + 1 : token.i + 2].text
    return following.istitle() and following.isalpha() and following not in grounds
