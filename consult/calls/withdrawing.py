"""What respondents are promised of the time after sending: until when they may withdraw, and the report."""

import re
from enum import StrEnum

from consult.calls.rules import WithdrawalPolicy
from consult.foundation.language import _, lazy


class Way(StrEnum):
    """How evidence can be withdrawn at a moment."""

    AT_ONCE = "at once"
    # The commission decides.
    BY_ASKING = "by asking"


POLICY_WORDS = {
    WithdrawalPolicy.UNTIL_CLOSING: lazy(
        "You can withdraw it with your receipt code until the call closes. After that you can ask the "
        "commission to withdraw it; it decides and tells you why."
    ),
    WithdrawalPolicy.UNTIL_REPORT: lazy(
        "You can withdraw it with your receipt code until the commission’s report is out. After that you can "
        "ask the commission to withdraw it; what the report says by then stays in it."
    ),
    WithdrawalPolicy.ON_REQUEST: lazy(
        "You can ask the commission to withdraw it, with your receipt code. It decides and tells you why."
    ),
}
WHAT_WITHDRAWING_DOES = lazy(
    "What is withdrawn is counted, quoted and published no more. The commission’s staff keep a record of it, "
    "which nobody else can read."
)


def policy_in_words(policy: WithdrawalPolicy) -> list[str]:
    """Return what may be done after sending, a sentence or two for each thing."""
    change = _(
        "After sending you can change your evidence with your receipt code until the call closes. It keeps "
        "its reference; what you sent before is kept and no longer counts."
    )
    return [change, str(POLICY_WORDS[policy]), str(WHAT_WITHDRAWING_DOES)]


def way_to_withdraw(policy: WithdrawalPolicy, *, is_open: bool, report_is_out: bool) -> Way:
    """Return how evidence sent under a rule can be withdrawn; a call in its grace is still open here."""
    if policy is WithdrawalPolicy.UNTIL_CLOSING and is_open:
        return Way.AT_ONCE
    if policy is WithdrawalPolicy.UNTIL_REPORT and not report_is_out:
        return Way.AT_ONCE
    return Way.BY_ASKING


def problem_with_address(address: str) -> str:
    """Return how to put an address on the web right, or nothing; an empty one is no address."""
    if not address or re.fullmatch(r"https?://[^\s/?#]+\.[^\s]+", address):
        return ""
    return "Give an address that begins with https://, such as https://example.org/report."
