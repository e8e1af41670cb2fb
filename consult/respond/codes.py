"""Return codes and receipt codes: secrets that people copy by hand.

A return code carries 128 bits in 26 characters of Crockford's alphabet, which has no I, L, O or U to
misread. The receipt code is derived from it one way: whoever holds the return code can open the receipt,
but an address with a receipt code in it, in somebody's browser history, opens no draft.
"""

import hashlib
from itertools import pairwise

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 26
SECRET_BYTES = 16
_MISREAD = str.maketrans("OIL", "011")


def code_from(secret: bytes) -> str:
    """Return the code for 16 random bytes."""
    value = int.from_bytes(secret[:SECRET_BYTES], "big")
    digits = [ALPHABET[value >> 5 * place & 31] for place in reversed(range(LENGTH))]
    return "".join(digits)


def code_read(typed: str) -> str:
    """Return a code as it was made, from one copied with spaces, hyphens, small letters or misread ones."""
    letters = "".join(c for c in typed.upper() if c.isalnum())
    return letters.translate(_MISREAD)


def is_code(code: str) -> bool:
    """Tell whether this could be a code at all."""
    return len(code) == LENGTH and set(code) <= set(ALPHABET)


def grouped(code: str) -> str:
    """Return a code in groups that can be read aloud."""
    starts = (0, 5, 10, 15, 20, LENGTH)
    return "-".join(code[a:b] for a, b in pairwise(starts))


def hash_of(code: str) -> str:
    """Return what is stored of a code."""
    return hashlib.sha256(code.encode()).hexdigest()


def receipt_code_for(return_code: str) -> str:
    """Return the code that opens the receipt of what a draft became."""
    return code_from(hashlib.sha256(b"receipt of " + return_code.encode()).digest())


def team_code_for(return_code: str, number: int) -> str:
    """Return the code that lets colleagues write in a draft; it leads back to no return code."""
    return code_from(hashlib.sha256(f"team {number} of {return_code}".encode()).digest())


def amendment_code_for(receipt_code: str, version: int) -> str:
    """Return the return code of the draft in which whoever holds a receipt code changes one version.

    Whoever presses twice, or comes back on another device, finds the same draft.
    """
    return code_from(hashlib.sha256(f"change of version {version} of {receipt_code}".encode()).digest())
