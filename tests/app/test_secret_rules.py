"""What may be a PIN or a passphrase."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.secret_rules import WeakSecret, check, drops_spaces, tidy

GOOD = [
    "271828",
    "20240915",  # a date is no worse than most
    " 27 18 28 ",
    "correct horse",
    "la señora del patio",
    "Пароль для Анны",
    "#%&*!?+=",
    "4711 is not me, but this is long",
]
BAD = [
    ("", "weak-short-phrase"),
    ("27182", "weak-short-pin"),
    ("2 7 1 8 2", "weak-short-pin"),
    ("horse", "weak-short-phrase"),
    ("       ", "weak-short-phrase"),
    ("x1" * 65, "weak-long"),
    ("777777", "weak-repeated"),
    ("121212", "weak-repeated"),
    ("123123", "weak-repeated"),
    ("112211", "weak-repeated"),
    ("aaaaaaaa", "weak-repeated"),
    ("AnnaAnna", "weak-repeated"),
    ("123456", "weak-sequence"),
    ("1 2 3 4 5 6", "weak-sequence"),
    ("987654", "weak-sequence"),
    ("890123", "weak-sequence"),
    ("abcdefgh", "weak-sequence"),
    ("QWERTYUIOP", "weak-sequence"),
    ("poiuytrewq", "weak-sequence"),
    ("123321", "weak-common"),
    ("159753", "weak-common"),
    ("password", "weak-common"),
    ("P@ssw0rd123!", "weak-common"),
    ("Police Officer 1", "weak-common"),
    ("contraseña1", "weak-common"),
    ("iloveyou", "weak-common"),
    ("sunshine99", "weak-common"),
]


@pytest.mark.parametrize("secret", GOOD)
def test_a_good_one_is_taken(secret: str) -> None:
    check(secret, badge="4711")


@pytest.mark.parametrize(("secret", "code"), BAD)
def test_a_weak_one_is_refused_with_its_reason(secret: str, code: str) -> None:
    with pytest.raises(WeakSecret) as refused:
        check(secret)
    assert refused.value.code == code


@pytest.mark.parametrize(("secret", "badge"), [("004711", "4711"), ("471100", "4711"), ("sro-8820", "SRO 8820")])
def test_the_badge_is_refused(secret: str, badge: str) -> None:
    with pytest.raises(WeakSecret, match="weak-badge"):
        check(secret, badge)
    check("930617", badge)


@pytest.mark.parametrize(
    ("typed", "counts", "dropped"),
    [
        ("271828", "271828", False),
        (" 271 828\n", "271828", True),
        ("\u0662\u0667\u0661\u0668\u0662\u0668", "271828", False),  # an Arabic keyboard
        ("27\u00a018 28", "271828", True),  # pasted, with a space that does not break
        ("correct horse ", "correct horse", True),
        ("correct horse", "correct horse", False),
        ("27 18 twenty-eight", "27 18 twenty-eight", False),
        ("sen\u0303ora y cafe\u0301", "se\u00f1ora y caf\u00e9", False),
    ],
)
def test_spaces_and_keyboards_make_no_difference_where_none_is_meant(typed: str, counts: str, dropped: bool) -> None:
    assert tidy(typed) == counts
    assert drops_spaces(typed) == dropped


@given(st.text())
def test_tidying_twice_changes_nothing_and_no_text_breaks_the_rules(secret: str) -> None:
    assert tidy(tidy(secret)) == tidy(secret)
    with suppress(WeakSecret):
        check(secret, badge=secret[:5])
