"""Sealing: what comes back is what went in, for this key and this purpose, or nothing does."""

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.cipher import OVERHEAD, Cipher, Forgotten, Tampered, make_cipher, prepare_cipher

KEY = bytes(range(32))


@pytest.fixture(scope="module")
def cipher() -> Cipher:
    asyncio.run(prepare_cipher())
    return make_cipher(KEY)


@given(data=st.binary(max_size=300), about=st.binary(max_size=40))
def test_what_is_sealed_opens_for_the_same_key_and_purpose(cipher: Cipher, data: bytes, about: bytes) -> None:
    sealed = cipher.seal(data, about)
    assert len(sealed) == len(data) + OVERHEAD
    assert make_cipher(KEY).open(sealed, about) == data


@given(data=st.binary(min_size=1, max_size=100), at=st.integers(min_value=0), bit=st.integers(0, 7))
def test_one_bit_anywhere_is_noticed(cipher: Cipher, data: bytes, at: int, bit: int) -> None:
    sealed = bytearray(cipher.seal(data, b"frame 7"))
    sealed[at % len(sealed)] ^= 1 << bit
    with pytest.raises(Tampered):
        cipher.open(bytes(sealed), b"frame 7")


@pytest.mark.parametrize("keep", [0, 1, 12, OVERHEAD - 1, OVERHEAD, OVERHEAD + 4])
def test_what_is_cut_short_is_refused(cipher: Cipher, keep: int) -> None:
    with pytest.raises(Tampered):
        cipher.open(cipher.seal(b"hello", b"")[:keep], b"")


def test_another_purpose_or_another_key_opens_nothing(cipher: Cipher) -> None:
    sealed = cipher.seal(b"hello", b"frame 7")
    with pytest.raises(Tampered, match="another key"):
        cipher.open(sealed, b"frame 8")
    with pytest.raises(Tampered):
        make_cipher(bytes(32)).open(sealed, b"frame 7")


def test_the_same_words_are_never_sealed_the_same_twice(cipher: Cipher) -> None:
    sealed = sorted(cipher.seal(b"the same", b"") for _ in range(1000))
    assert all(one[:12] != other[:12] and one[12:] != other[12:] for one, other in pairwise(sealed))


def test_much_is_sealed_into_the_same_form(cipher: Cipher) -> None:
    data = b"a photo" * 10_000
    assert cipher.open(asyncio.run(cipher.seal_large(data, b"photo")), b"photo") == data
    assert asyncio.run(cipher.open_large(cipher.seal(data, b"photo"), b"photo")) == data
    with pytest.raises(Tampered):
        asyncio.run(cipher.open_large(cipher.seal(data, b"photo"), b"another"))


def test_a_published_vector_opens() -> None:
    # McGrew and Viega, "The Galois/Counter Mode of Operation", test case 16 (AES-256 with associated data).
    key = bytes.fromhex("feffe9928665731c6d6a8f9467308308" * 2)
    nonce, about = "cafebabefacedbaddecaf888", bytes.fromhex("feedfacedeadbeeffeedfacedeadbeefabaddad2")
    sealed = (
        "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
        "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662"
        "76fc6ece0f4e1768cddf8853bb2d551b"
    )
    plain = (
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39"
    )
    assert make_cipher(key).open(bytes.fromhex(nonce + sealed), about).hex() == plain


def test_a_forgotten_key_seals_and_opens_nothing() -> None:
    cipher = make_cipher(KEY)
    sealed = cipher.seal(b"hello", b"")
    cipher.forget()
    cipher.forget()
    with pytest.raises(Forgotten, match="locked"):
        cipher.seal(b"hello", b"")
    with pytest.raises(Forgotten):
        cipher.open(sealed, b"")
    with pytest.raises(Forgotten):
        asyncio.run(cipher.seal_large(b"hello", b""))
    with pytest.raises(Forgotten):
        asyncio.run(cipher.open_large(sealed, b""))


def test_a_key_of_another_length_is_refused_and_no_key_is_shown() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        make_cipher(b"short")
    cipher = make_cipher(b"K" * 32)
    assert "KK" not in repr(cipher) + str(vars(cipher))
