"""Text out of documents that strangers send; `extract` reads one in a child process with limits.

Everything that opens a document (the modules beside `run` and `words`) is imported by that child alone.
"""

from consult.evidence.extraction.result import Enclosed, Extraction, Outcome
from consult.evidence.extraction.run import extract, extract_patiently
from consult.evidence.extraction.words import flag_words, message_of

__all__ = ["Enclosed", "Extraction", "Outcome", "extract", "extract_patiently", "flag_words", "message_of"]
