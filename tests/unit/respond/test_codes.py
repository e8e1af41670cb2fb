"""Codes that people copy by hand."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from consult.respond import codes

SECRETS = st.binary(min_size=16, max_size=16)


@given(SECRETS)
def test_a_code_is_read_back_from_what_is_printed(secret: bytes) -> None:
    code = codes.code_from(secret)
    assert codes.is_code(code)
    assert codes.code_read(codes.grouped(code)) == code
    assert codes.code_read(f"  {codes.grouped(code).lower().replace('-', ' – ')}\n") == code


@given(SECRETS, SECRETS)
def test_two_secrets_never_give_one_code(one: bytes, other: bytes) -> None:
    assert (codes.code_from(one) == codes.code_from(other)) is (one == other)


def test_letters_that_are_misread_mean_the_figure_they_look_like() -> None:
    assert codes.code_read("o0-iI1lL") == "0011111"


@pytest.mark.parametrize("typed", ["", "abc", "A" * 25, "A" * 27, "U" * 26, "é" * 26])
def test_what_cannot_be_a_code_is_known_for_it(typed: str) -> None:
    assert not codes.is_code(codes.code_read(typed))


@given(SECRETS)
def test_a_receipt_code_is_another_code_and_always_the_same(secret: bytes) -> None:
    code = codes.code_from(secret)
    receipt = codes.receipt_code_for(code)
    assert codes.is_code(receipt)
    assert receipt != code
    assert receipt == codes.receipt_code_for(code)
