"""What the tables of the codebook hold, and how evidence copied into an example is erased."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from consult.codebook.models import Code, Codebook, CodebookVersion, CodeExample
from consult.foundation.stores import Scope, holds, reaches

# Shorter words stand in any text; they were not copied from this one.
SHORTEST_COPY = 16

holds("codebooks", ours=("title",))
holds("codes", ours=("name", "definition", "include", "exclude"), keys=("slug",))
holds("code_examples", words=("quote",))
holds("codebook_versions", words=("content",), keys=("sha256",))


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
