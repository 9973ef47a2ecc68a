"""The escrow: only the district opens it, and with any library that speaks HPKE; and HKDF, which it stands on."""

import asyncio
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hpke, serialization
from cryptography.hazmat.primitives.asymmetric import ec, x25519

from app.cipher import Tampered
from app.escrow import make_pair, open_for_district, public_of, purpose, seal_for_district
from app.files import OrdinaryFolder
from app.hkdf import expand, extract
from app.keys import NativeKeys

KEY, VAULT = bytes(range(32)), b"a vault's id..16"
SUITE = hpke.Suite(hpke.KEM.P256, hpke.KDF.HKDF_SHA256, hpke.AEAD.AES_256_GCM)
KEYS = NativeKeys(OrdinaryFolder(Path("unused")))


def sealed(public: bytes) -> bytes:
    return asyncio.run(seal_for_district(public, KEY, VAULT, KEYS.agree))


def test_the_district_opens_what_a_phone_sealed_to_it() -> None:
    private, public = make_pair()
    one, other = sealed(public), sealed(public)
    assert one != other
    assert len(one) == 65 + 32 + 16
    assert open_for_district(private, one, VAULT) == open_for_district(private, other, VAULT) == KEY


def test_another_library_opens_it_and_we_open_what_it_sealed() -> None:
    private, public = make_pair()
    own = serialization.load_pem_private_key(private, None)
    assert isinstance(own, ec.EllipticCurvePrivateKey)
    assert SUITE.decrypt(sealed(public), own, purpose(VAULT)) == KEY
    theirs = SUITE.encrypt(KEY, own.public_key(), purpose(VAULT))
    assert open_for_district(private, theirs, VAULT) == KEY


def test_another_districts_key_another_vault_or_one_bit_open_nothing() -> None:
    private, public = make_pair()
    good = sealed(public)
    with pytest.raises(Tampered):
        open_for_district(make_pair()[0], good, VAULT)
    with pytest.raises(Tampered):
        open_for_district(private, good, b"another vault's.")
    for at in range(len(good)):
        with pytest.raises(Tampered):
            open_for_district(private, good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], VAULT)
    for cut in (b"", good[:10], good[:65], good[:-1]):
        with pytest.raises(Tampered):
            open_for_district(private, cut, VAULT)


def test_a_key_that_is_no_key_of_this_curve_is_refused() -> None:
    for public in (b"", bytes(65), make_pair()[1][1:], b"\x04" + b"\x07" * 64):
        with pytest.raises(ValueError):  # noqa: PT011  # ours or OpenSSL's words
            sealed(public)
    foreign = x25519.X25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    locked = ec.generate_private_key(ec.SECP256R1()).private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.BestAvailableEncryption(b"word")
    )
    for pem in (foreign, locked, b"", b"no key"):
        with pytest.raises(ValueError):  # noqa: PT011  # ours or OpenSSL's words
            public_of(pem)
    private, public = make_pair()
    assert public_of(private) == public
    with pytest.raises(ValueError, match="P-256"):
        open_for_district(foreign, sealed(make_pair()[1]), VAULT)


@pytest.mark.parametrize(
    ("salt", "secret", "info", "length", "key", "okm"),
    [  # RFC 5869, appendix A, cases 1 to 3
        (
            bytes(range(13)),
            b"\x0b" * 22,
            bytes(range(0xF0, 0xFA)),
            42,
            "077709362c2e32df0ddc3f0dc47bba6390b6c73bb50f9c3122ec844ad7c2b3e5",
            "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865",
        ),
        (
            bytes(range(0x60, 0xB0)),
            bytes(range(0x50)),
            bytes(range(0xB0, 0x100)),
            82,
            "06a6b88c5853361a06104c9ceb35b45cef760014904671014a193f40c15fc244",
            "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09"
            "da3275600c2f09b8367793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87",
        ),
        (
            b"",
            b"\x0b" * 22,
            b"",
            42,
            "19ef24a32c717b167f33a91d6f648bdf96596776afdb6377ac434c1c293ccb04",
            "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8",
        ),
    ],
)
def test_hkdf_gives_what_its_rfc_says(salt: bytes, secret: bytes, info: bytes, length: int, key: str, okm: str) -> None:
    assert extract(salt, secret).hex() == key
    assert expand(bytes.fromhex(key), info, length).hex() == okm
