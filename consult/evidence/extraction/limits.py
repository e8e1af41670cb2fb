"""How much a document may ask of us. docs/adr/0014-documents.md gives the reasons."""

MEGABYTE = 1024 * 1024

# What may be sent.
LARGEST_FILE = 25 * MEGABYTE

# What the child that reads it may use.
MEMORY = 768 * MEGABYTE
CPU_SECONDS = 20
WALL_SECONDS = 30
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
