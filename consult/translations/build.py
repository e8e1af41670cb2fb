"""Compile the catalogues of other languages than English, and bring them up to date with the code.

Run it directly, with the project's own Python; the application runs it too when it starts. It imports nothing
of ours. A second run compares two hashes and returns at once. What it compiles is not committed.
"""

import argparse
import contextlib
import hashlib
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog, Message

HERE = Path(__file__).resolve().parent
SOURCES = HERE.parent
WIDTH = 110
# Sentences made at import stand in `lazy`; Babel knows gettext's other names by itself.
KEYWORDS = ["lazy"]


def main() -> int:
    parser = argparse.ArgumentParser(description="Compile the Welsh catalogue when it has changed.")
    parser.add_argument(
        "--update", action="store_true", help="first bring it up to date with the sentences in the code"
    )
    options = parser.parse_args()
    if options.update:
        for written in catalogues():
            update(written)
    compile_stale()
    return 0


def catalogues() -> list[Path]:
    """Return every catalogue that people wrote."""
    return sorted(HERE.glob("*/LC_MESSAGES/messages.po"))


def compile_stale() -> None:
    """Compile each catalogue that has changed since it was compiled; OSError where nothing may be written."""
    for written in catalogues():
        stamp, wanted = written.with_name("built-from"), hashlib.sha256(written.read_bytes()).hexdigest()
        compiled = written.with_suffix(".mo")
        if compiled.exists() and stamp.exists() and stamp.read_text() == wanted:
            continue
        from babel.messages.mofile import write_mo

        # Written beside and moved: another process may be reading the one that stands.
        with tempfile.NamedTemporaryFile(dir=written.parent, delete=False) as unfinished:
            write_mo(unfinished, read(written))
        os.replace(unfinished.name, compiled)  # noqa: PTH105  # a name and not a path is what tempfile gives
        stamp.write_text(wanted)


def update(written: Path) -> None:
    """Take in new sentences, leave out those that are gone, and tell what has no translation yet."""
    from babel.messages.pofile import write_po

    catalogue = read(written)
    catalogue.update(extracted(), no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    with written.open("wb") as file:
        write_po(file, catalogue, width=WIDTH, include_lineno=False)
    for sentence in untranslated(catalogue):
        print(f"{written.parent.parent.name}: {sentence}", file=sys.stderr)


def extracted() -> "Catalog":
    """Return the sentences that the code and the templates hold."""
    from babel.messages.frontend import CommandLineInterface

    # From the folder above, so that the catalogue names places without where this copy lies.
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(SOURCES.parent):
        found = Path(folder) / "messages.pot"
        words = ["--mapping-file", "pyproject.toml", "--output-file", str(found), "--add-location", "file"]
        keywords = [word for keyword in KEYWORDS for word in ("--keyword", keyword)]
        CommandLineInterface().run(  # type: ignore[no-untyped-call]  # Babel has no types for its commands
            ["pybabel", "--quiet", "extract", *words, *keywords, SOURCES.name]
        )
        return read(found)


def untranslated(catalogue: "Catalog") -> list[str]:
    """Return the sentences that have no translation, or not one for each number."""
    return [str(message.id) for message in catalogue if message.id and not all(wordings(message))]


def wordings(message: "Message") -> list[str]:
    """Return the translations of a sentence: one, or one for each kind of number."""
    return list(message.string) if isinstance(message.string, tuple | list) else [message.string or ""]


def read(file: Path) -> "Catalog":
    """Return a catalogue as it stands in a file."""
    from babel.messages.pofile import read_po

    with file.open("rb") as opened:
        return read_po(opened, locale=file.parent.parent.name if file.suffix == ".po" else None)


if __name__ == "__main__":
    sys.exit(main())
