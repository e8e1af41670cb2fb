"""The one error type that callers of nlp have to know."""


class NlpError(ValueError):
    """Input that the library cannot work with; the message says what to do about it."""


class EmptyCodebookError(NlpError):
    """There is no code to propose."""


class DamagedArtefactError(NlpError):
    """A saved model is missing, altered or of another version."""
