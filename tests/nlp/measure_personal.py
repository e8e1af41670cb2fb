"""How much personal data is proposed, of texts in which all of it is marked; written for this, so no proof.

Marked as {ground:words}. Among them is what no rule can know: names in small letters, rare names, numbers
with words between. Run it: python -m tests.nlp.measure_personal
"""

import re
from collections import Counter
from dataclasses import dataclass, field

from nlp.personal import PersonalDataFinder, TextToSearch

_MARK = re.compile(r"\{(\w+):([^{}]+)\}")

MARKED = (
    ("I am the treasurer of the allotment society. {third_party:Derek} does the gate and "
    "{third_party:Mrs Oyelaran} keeps the keys."),
    ("Our caretaker, {third_party:Bogdan Kowalczyk}, was let go in March. He can be reached on "
    "{telephone:07700 900461}."),
    ("My name is {name:Perpetua Small}. I live at {address:3 Cinder Lane, Wigan, WN1 2XY} and I have "
    "written four times."),
    ("The clinic had my old address, {address:Flat 12, 40 Tower Road}, and my NHS number "
    "{nhs_number:943 476 5919} was on the letter."),
    "Please reply to {email:perpetua.small@example.org} or ring {telephone:0161 496 0123} before noon.",
    ("It was {third_party:Sharon} who kept the hall open. {third_party:Sharon} and "
    "{third_party:Dave} painted it themselves."),
    "The housing officer told my son {third_party:Tyrone} that there was nothing for single men.",
    "We asked the council, the county and the parish. Nobody at the council knew whose bridge it was.",
    "Councillor Day and our MP, Ruth Ames MP, both came to the meeting at Victoria Park.",
    ("My mother, {third_party:Gwenllian}, is ninety. Born {date_of_birth:4 May 1934}, she still "
    "walks to chapel."),
    "Yours sincerely,\n\n{name:Kit Marlow}\nSecretary, Lockside Residents",
    "His van, {vehicle:LD19 KXM}, is parked across the drop kerb every night.",
    "You will want my National Insurance number: {ni_number:QQ 12 34 56 C}. I gave it twice already.",
    "Postcodes such as {postcode:TR19 7AA} get no bus; SW1A gets them all.",
    "I spoke to {third_party:Ms A. Featherstonehaugh} at reception, who was kind.",
    "Auntie {third_party:Comfort} says the church does more than the council, and she is right.",
    "We had one good worker, {third_party:Ximena}, who had a contract of a year. She was gone by May.",
    "{third_party:aziz} from the corner shop knows everyone and nobody asked him.",
    ("The Localism Act 2011, the Sarah Jones Trust and the Joseph Rowntree Foundation are all cited "
    "in our annex."),
    "In 2017 we held 12 meetings for 1,200 people; see pages 34 to 58 and table 07.",
    "Dr {third_party:Iqbal} at the surgery wrote to say that my asthma was from the damp.",
    "She rang on oh seven seven double oh nine hundred {telephone:one two three}, as she always does.",
    ("My neighbours {third_party:Pat} and {third_party:Lorraine Okafor} signed it too, and so did "
    "the vicar."),
    "Write to me care of {third_party:Mr T. Bellweather}, {address:27 Station Road, St Ives TR26 1AB}.",
    "Fy enw i yw {name:Gethin Pugh} ac rwy’n byw yn {address:7 Heol y Bont, Caernarfon}.",
    "Bob blwyddyn mae’r cyngor yn gofyn, a bob blwyddyn does dim yn newid.",
    "Mark my words: Will anybody read this? Grace would be a fine thing. Hope is not a plan.",
    "When {third_party:Jean} retired, nobody replaced her. The bowls club folded within the year.",
    "The consultant, {third_party:Hugo Latimer-Price}, charged us £14,500 for a report on listening.",
    "People in Florence and Beverley have assemblies. Bristol and Camden tried them too.",
    "My landlord {third_party:Mr Singh} is fair, but the agents are not. Their reference is 0045 2291 77.",
    "Contact: {email:clerk@polgarth-tc.example}, tel. {telephone:+44 1736 496 000}.",
    "As {third_party:Yusuf} put it, ‘they ask us what colour to paint the door of a house they have sold’.",
    "I was in care with {third_party:Shanice} and {third_party:Li Wei}. We never met a councillor.",
    "Lord Kerslake, Dame Mary Beard and Professor Venn gave evidence; so did Jo Cox in her time.",
    "My GP, {third_party:Dr Anand}, and the nurse, {third_party:Blessing}, both wrote letters.",
)  # fmt: skip


@dataclass
class Measured:
    """Spans marked and how many of them were proposed whole; proposals and how many touch a mark."""

    marked: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    proposed: int = 0
    right: int = 0
    missed: list[str] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def recall(self) -> float:
        return self.found.total() / self.marked.total()

    @property
    def precision(self) -> float:
        return self.right / self.proposed


def unmarked(marked: str) -> tuple[str, list[tuple[int, int, str]]]:
    """Return a text without its marks, and where they stood."""
    text, spans, position = "", [], 0
    for match in _MARK.finditer(marked):
        text += marked[position : match.start()]
        spans.append((len(text), len(text) + len(match[2]), match[1]))
        text, position = text + match[2], match.end()
    return text + marked[position:], spans


def measured() -> Measured:
    texts = [unmarked(each) for each in MARKED]
    welsh = ("Fy enw", "Bob blwyddyn")
    given = [TextToSearch(text, "cy" if text.startswith(welsh) else "en") for text, _ in texts]
    result = Measured()
    for (text, spans), proposals in zip(texts, PersonalDataFinder().find_many(given), strict=True):
        for start, end, ground in spans:
            result.marked[ground] += 1
            if any(p.start <= start and end <= p.end for p in proposals):
                result.found[ground] += 1
            else:
                result.missed.append(f"{ground}: {text[start:end]}")
        result.proposed += len(proposals)
        touching = [any(p.start < end and start < p.end for start, end, _ in spans) for p in proposals]
        result.right += sum(touching)
        result.wrong += [text[p.start : p.end] for p, hit in zip(proposals, touching, strict=True) if not hit]
    return result


if __name__ == "__main__":
    told = measured()
    for ground, number in sorted(told.marked.items()):
        print(f"{ground}: {told.found[ground]} of {number}")  # noqa: T201  # what it is run for
    print(f"recall {told.recall:.2f}, precision {told.precision:.2f}")  # noqa: T201  # as above
    print("missed:", *told.missed, sep="\n  ")  # noqa: T201  # as above
    print("wrong:", *told.wrong, sep="\n  ")  # noqa: T201  # as above
