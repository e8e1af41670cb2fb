"""How much a document may ask of us. docs/adr/0014-documents.md gives the reasons."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024

# What may be sent.
LARGEST_FILE = 25 * MEGABYTE


@dataclass(frozen=True)
class Patience:
    """What the child that reads a document may use."""

    memory: int
    cpu_seconds: int
    wall_seconds: float


# Somebody waits before a page.
WHILE_WAITED_FOR = Patience(768 * MEGABYTE, 20, 30)
# In the background, for what was too much while somebody waited.
IN_BACKGROUND = Patience(1536 * MEGABYTE, 120, 180)
LARGEST_REPORT = 64 * MEGABYTE
CHILDREN_AT_ONCE = 4

# What an archive may hold, checked in its table of contents before anything is inflated.
MOST_ENTRIES = 2_000
LARGEST_INFLATED = 100 * MEGABYTE
LARGEST_PART = 48 * MEGABYTE
STEEPEST_RATIO = 150
RATIO_COUNTS_FROM = MEGABYTE

# What a document may hold.
LONGEST_TEXT = 2_000_000
MOST_PAGES = 2_000
MOST_FORM_FIELDS = 2_000
DEEPEST_MAIL = 3
MOST_MAIL_PARTS = 200
MOST_ENCLOSED = 50
LONGEST_NAME = 255
