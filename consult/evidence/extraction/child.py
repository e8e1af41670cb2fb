"""The process that opens a document: limits first, then libraries, then the document, then a report.

Started by run.py as a file, in Python's isolated mode: it sees no environment, no user's packages and nothing
of the application. Once everything is loaded it may open no file and no connection any more, by a limit that
needs no privilege: not one new file descriptor.
"""

import ctypes
import encodings
import importlib
import json
import pkgutil
import resource
import sys
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).resolve().parents[2]
READY = b"ready\n"
# Modules that others import within functions.
LATE = ("heapq", "quopri", "binascii", "email.generator", "email.iterators", "stringprep", "unicodedata")
NEW_NETWORK, NEW_USER = 0x40000000, 0x10000000


def main() -> None:
    """Read a document from standard input and write what was found to standard output."""
    memory, cpu, largest, name, with_files = sys.argv[1:6]
    for what, most in (
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CPU, int(cpu)),
        (resource.RLIMIT_AS, int(memory)),
    ):
        lower(what, most)
    leave_network()
    sys.setrecursionlimit(4_000)
    know_packages()
    read = importlib.import_module("consult.evidence.extraction.read")
    load_late()
    # From here on whatever goes wrong is the document's doing; before, it was ours.
    sys.stdout.buffer.write(READY)
    sys.stdout.buffer.flush()
    # One more byte than allowed: the reader then knows that there were more.
    data = sys.stdin.buffer.read(int(largest) + 1)
    lower(resource.RLIMIT_NOFILE, 0)
    found = read.extract(data, name)
    report = found.as_json()
    if with_files != "1":
        for each in report["attachments"]:
            each.pop("data", None)
    sys.stdout.buffer.write(json.dumps(report).encode("ascii"))


def lower(what: int, most: int) -> None:
    """Set a limit for good; where a system knows none, the other limits stand."""
    try:
        resource.setrlimit(what, (most, most))
    except (ValueError, OSError):
        sys.stderr.write(f"limit {what} is not to be had here\n")


def leave_network() -> None:
    """Step out of the network where the system lets us; refused by some, and then the last limit stands."""
    try:
        libc = ctypes.CDLL(None)
        if libc.unshare(NEW_NETWORK) != 0:
            libc.unshare(NEW_USER | NEW_NETWORK)
    except (OSError, AttributeError):
        return


def know_packages() -> None:
    """Let the readers be imported by their full names without the application around them."""
    for name, folder in (("consult", ROOT), ("consult.evidence", ROOT / "evidence")):
        module = ModuleType(name)
        module.__path__ = [str(folder)]
        sys.modules[name] = module
    package = ModuleType("consult.evidence.extraction")
    package.__path__ = [str(ROOT / "evidence" / "extraction")]
    sys.modules[package.__name__] = package


def load_late() -> None:
    """Load now what Python would look for in its folders when first asked, which then no longer works."""
    for name in LATE:
        importlib.import_module(name)
    for module in pkgutil.iter_modules(encodings.__path__):
        if module.name not in {"mbcs", "oem"}:  # of Windows alone
            importlib.import_module(f"encodings.{module.name}")


if __name__ == "__main__":
    main()
