"""What the tables of the codebook hold, and how evidence copied into an example is erased."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.codebook.models import Code, Codebook, CodebookVersion, CodeExample
from consult.codebook.models_groups import EmergentGroup, GroupSearch
from consult.codebook.rules_groups import phrases_apart, words_apart
from consult.foundation.stores import Scope, holds, reaches

# Shorter words stand in any text; they were not copied from this one.
SHORTEST_COPY = 16

holds("codebooks", ours=("title",))
holds("codes", ours=("name", "definition", "include", "exclude"), keys=("slug",))
holds("code_examples", words=("quote",))
holds("codebook_versions", words=("content",), keys=("sha256",))
holds("group_searches", keys=("finder", "finder_version", "settings", "data_sha256"))
# A phrase that many share may still be one writer's own, or a name.
holds("emergent_groups", words=("phrases",))
holds("group_decisions", ours=("why",))


@reaches("Examples in the codebook")
def erase_examples(session: Session, scope: Scope) -> int:
    """Erase examples copied from erased words, in the codebook and in its frozen versions."""
    examples = session.scalars(
        select(CodeExample)
        .join(Code, Code.id == CodeExample.code_id)
        .join(Codebook, Codebook.id == Code.codebook_id)
        .where(Codebook.inquiry_id == scope.inquiry_id)
    )
    copied = [example for example in examples if is_copied(example.quote, scope)]
    for example in copied:
        session.delete(example)
    session.flush()
    return len(copied) + sum(_thaw(version, scope) for version in _versions(session, scope.inquiry_id))


@reaches("Phrases of groups to read")
def erase_phrases(session: Session, scope: Scope) -> int:
    """Take out of groups the phrases that stand in erased words; their passages go with the evidence."""
    groups = session.scalars(
        select(EmergentGroup)
        .join(GroupSearch, GroupSearch.id == EmergentGroup.search_id)
        .where(GroupSearch.inquiry_id == scope.inquiry_id)
    )
    changed, erased = 0, words_apart(scope.words)
    for group in groups:
        kept = phrases_apart(group.phrases, erased)
        if kept != group.phrases:
            group.phrases, changed = kept, changed + 1
    session.flush()
    return changed


def is_copied(quote: str, scope: Scope) -> bool:
    """Tell whether an example holds erased words, or was taken from them."""
    long = len(quote.strip()) >= SHORTEST_COPY
    return any(
        (long and quote.strip() in words) or (len(words) >= SHORTEST_COPY and words in quote)
        for words in scope.words
    )


def _versions(session: Session, inquiry_id: int) -> list[CodebookVersion]:
    mine = select(CodebookVersion).join(Codebook, Codebook.id == CodebookVersion.codebook_id)
    return list(session.scalars(mine.where(Codebook.inquiry_id == inquiry_id)))


def _thaw(version: CodebookVersion, scope: Scope) -> int:
    """Take copied examples out of a frozen version; its number and hash stay what they were."""
    kept = [
        {**code, "examples": [quote for quote in code.get("examples", ()) if not is_copied(quote, scope)]}
        if "examples" in code
        else code
        for code in version.content
    ]
    if kept == version.content:
        return 0
    version.content = kept
    return 1
