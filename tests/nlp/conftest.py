"""Small invented evidence for the library's tests, and where the shared corpora are if they are."""

import os
from pathlib import Path

import pytest

from nlp.encoder import Encoder, installed_encoder
from nlp.types import CodeSpec, Decided
from tests.conftest import skip_or_fail

ROOT = Path(__file__).resolve().parents[2]

CODES = [
    CodeSpec("buses", "Public transport", "Buses and trains: routes, fares, timetables, cuts to services."),
    CodeSpec("money", "Funding", "Grants, budgets and cuts to the money that councils and groups have."),
    CodeSpec(
        "voice", "Being heard", "People are asked, and nothing comes of it; decisions are made elsewhere."
    ),
    CodeSpec("parks", "Parks", "Green space, playgrounds and who looks after them."),
]

SENTENCES = {
    "buses": [
        "The last bus leaves the village at five and there is no train.",
        "Fares have doubled while the timetable has shrunk.",
        "Without a bus my mother cannot reach the hospital.",
        "They cut the evening route and nobody can get home from work.",
    ],
    "money": [
        "Our grant was halved and the budget runs out in March.",
        "The council has no money left for the youth club.",
        "Small groups spend more time on grant forms than on people.",
        "Funding comes for one year, so nobody can plan.",
    ],
    "voice": [
        "We were asked three times and nothing changed.",
        "Decisions about this town are made in London.",
        "Nobody from the council has ever come to hear us.",
        "A meeting was held after it had all been decided.",
    ],
    "parks": [
        "The playground has been locked since the spring.",
        "Volunteers mow the green because no one else will.",
        "Our park is the only green space for a thousand homes.",
        "Trees were felled without a word to the residents.",
    ],
}

PASSAGES = [sentence for sentences in SENTENCES.values() for sentence in sentences]


def decided_all(count: int) -> list[Decided]:
    """Every code decided for the first passages of each code."""
    return [
        Decided(sentence, code.code, code.code == own)
        for own, sentences in SENTENCES.items()
        for sentence in sentences[:count]
        for code in CODES
    ]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The shared corpora; CONSULT_SHARED_DATA says where they are if not beside the project."""
    place = Path(os.environ.get("CONSULT_SHARED_DATA", ROOT.parent / "shared" / "data"))
    if not (place / "nhs_fft_neas" / "units.csv").is_file():
        pytest.skip(f"no shared corpora at {place}; set CONSULT_SHARED_DATA")
    return place


@pytest.fixture(scope="session")
def minilm() -> Encoder:
    """The sentence encoder that requirements/setup.sh installed."""
    encoder, told = installed_encoder(ROOT / ".cache" / "encoder")
    if encoder is None:
        skip_or_fail(told)
    return encoder
