"""In which language a passage is written: English, Welsh, or neither that this can tell."""

from __future__ import annotations

import re
from collections.abc import Iterable

ENGLISH, WELSH = "en", "cy"

_WORD = re.compile(r"[^\W\d_]+")
_WELSH_LETTERS = frozenset("ŵŷ")
_FEWEST_WORDS = 3
_FEWEST_FOUND = 2
# Function words are some four in ten words of either language.
_SHARE = 0.14
# Of the words found, so many times those of the other language.
_TIMES = 2.0
_MOST_WORDS = 400

# Words that both languages have ("a", "am", "at", "does", "i", "o", "is", "hen") are in neither list.
_ENGLISH_WORDS = frozenset(
    """
    the and of to that for it with as on be by this are was were from or an have has had not but they
    we you your their our there would could should which who what when where how why been being will
    can cannot do did don didn doesn isn wasn aren won its it's my me he she him her his them us
    if than then so because about into over after before more most many much some any all every each
    other no nor only just very too also out up down off between through while these those here now
    never always nothing nobody people council local said say get got make made need needs think know
    want like one two first last year years time way good well even still such own same is in
    thank thanks please yes great staff service more
    """.split()  # noqa: SIM905 # a hundred and fifty strings in brackets are no easier to read
)
_WELSH_WORDS = frozenset(
    """
    y yr ac yn ar gan gyda wrth heb dros drwy trwy rhwng fel mae maen maent oes oedd bydd byddai roedd
    roeddwn roeddem wedi nid ddim dim na nad nac hefyd ond neu os pan hwn hon hyn honno hwnnw hynny eu ei
    ein eich fy dy ni nhw chi ef hi rwy rwyf dw ydw ydy yw ydyw ydym ydyn sy sydd bod fod mod cael gael
    gwneud wneud gallu gall allai byddwn byddem dylai ddylai rhaid angen eisiau dylem pob bob mwy iawn
    da dda mawr fawr bach fach un dau dwy tri tair pobl bobl plant blant gwaith waith cyngor gyngor
    cymuned gymuned cymru gymru gymraeg cymraeg nghymru lleol leol tref dref ysgol pentref bentref
    amser mewn mo er ers hyd nes rhag rhai rhyw rhywun neb dydy doedd ydi oddi fan yma yno yna
    hwy arall eraill unrhyw unig eto nawr rwan bellach wedyn felly achos oherwydd gyfer ynghylch
    sut beth pwy pryd pam lle ble faint chwaith byth erioed dweud ddweud gwybod mynd fynd dod ddod
    rhoi roi bu fu aeth daeth ganddyn gennym gen gennyf iddyn iddynt arnom arnyn ohonom inni ichi atom
    wnaeth gwnaeth cafodd gafodd gawsom caiff gaiff heddiw blwyddyn flwyddyn llawer lawer ychydig
    penderfyniad penderfyniadau arian diolch croeso ag ond rydym rydyn rydych oeddem oeddwn hoffwn hoffem
    """.split()  # noqa: SIM905 # as above
)


def language_of(text: str) -> str | None:
    """Return "en", "cy", or None for another language, for both at once, and for too few words to tell."""
    words = [word.casefold() for word in _first_words(text)]
    if len(words) < _FEWEST_WORDS:
        return None
    english = sum(word in _ENGLISH_WORDS for word in words)
    welsh = sum(word in _WELSH_WORDS or not _WELSH_LETTERS.isdisjoint(word) for word in words)
    found, other, language = (english, welsh, ENGLISH) if english >= welsh else (welsh, english, WELSH)
    sure = found >= _FEWEST_FOUND and found >= _SHARE * len(words) and found >= _TIMES * other
    return language if sure else None


def _first_words(text: str) -> Iterable[str]:
    for place, match in enumerate(_WORD.finditer(text)):
        if place == _MOST_WORDS:
            return
        yield match.group()
