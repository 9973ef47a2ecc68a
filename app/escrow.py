"""The data key, sealed so that only the district can open it: what is unsent outlives a forgotten PIN.

This is HPKE (RFC 9180), base mode, with DHKEM(P-256, HKDF-SHA256), HKDF-SHA256 and AES-256-GCM: any library that speaks
it can open what a phone sealed. Sealed is the ephemeral public key (65 bytes), then ciphertext and tag. Why P-256 is in
docs/decisions/vault.md. The phone seals; the district makes the pair of keys and opens.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Final

from app.cipher import NONCE, Tampered, make_cipher, seal_once
from app.hkdf import expand, extract

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey, EllipticCurvePublicKey

PUBLIC: Final = 65  # bytes of an uncompressed point of P-256
_KEM: Final = b"KEM\x00\x10"
_SUITE: Final = b"HPKE\x00\x10\x00\x01\x00\x02"
_VERSION: Final = b"HPKE-v1"

Agree = Callable[[bytes], Awaitable[tuple[bytes, bytes]]]


def purpose(vault: bytes) -> bytes:
    """HPKE's `info`: what is sealed for one vault opens for no other."""
    return b"beatbook escrow 1 " + vault


async def seal_for_district(public: bytes, data_key: bytes, vault: bytes, agree: Agree) -> bytes:
    """The data key, sealed to the district's public key. Raises ValueError when that is no point of P-256.

    `agree` makes an ephemeral pair and gives its public key and the secret that it shares with `public`.
    """
    if len(public) != PUBLIC or public[0] != 4:
        raise ValueError("the district's key is no uncompressed point of P-256")
    ephemeral, shared = await agree(public)
    key, nonce = _schedule(shared, ephemeral + public, purpose(vault))
    return ephemeral + seal_once(key, nonce, data_key)


def make_pair() -> tuple[bytes, bytes]:
    """For the district: a new private key (PEM, to be kept secret and offline) and its public key for the phones."""
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    private = ec.generate_private_key(ec.SECP256R1())
    pem = private.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return pem, _raw(private.public_key())


def public_of(private: bytes) -> bytes:
    """For the district: the public key of a private one (PEM). Raises ValueError for a key that is none."""
    return _raw(_private(private).public_key())


def open_for_district(private: bytes, sealed: bytes, vault: bytes) -> bytes:
    """For the district: the data key of the vault with this id. Raises Tampered, ValueError for a key that is none."""
    from cryptography.hazmat.primitives.asymmetric import ec

    own = _private(private)
    ephemeral, body = sealed[:PUBLIC], sealed[PUBLIC:]
    try:
        point = ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), ephemeral)
    except ValueError:
        raise Tampered from None
    shared = own.exchange(ec.ECDH(), point)
    key, nonce = _schedule(shared, ephemeral + _raw(own.public_key()), purpose(vault))
    return make_cipher(key).open(nonce + body, b"")


def _private(pem: bytes) -> "EllipticCurvePrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    try:
        own = serialization.load_pem_private_key(pem, password=None)
    except (TypeError, UnsupportedAlgorithm) as error:  # locked with a password, or of a kind that OpenSSL lacks
        raise ValueError(str(error)) from None
    if not isinstance(own, ec.EllipticCurvePrivateKey) or not isinstance(own.curve, ec.SECP256R1):
        raise ValueError("the district's key is no key of P-256")
    return own


def _raw(public: "EllipticCurvePublicKey") -> bytes:
    from cryptography.hazmat.primitives import serialization

    return public.public_bytes(serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)


def _schedule(shared: bytes, both: bytes, info: bytes) -> tuple[bytes, bytes]:
    """Key and nonce of the one message (RFC 9180, sections 4.1 and 5.1). `both` are the two public keys."""
    secret = _expand(_KEM, _extract(_KEM, b"", b"eae_prk", shared), b"shared_secret", both, 32)
    context = b"\0" + _extract(_SUITE, b"", b"psk_id_hash", b"") + _extract(_SUITE, b"", b"info_hash", info)
    start = _extract(_SUITE, secret, b"secret", b"")
    return _expand(_SUITE, start, b"key", context, 32), _expand(_SUITE, start, b"base_nonce", context, NONCE)


def _extract(suite: bytes, salt: bytes, label: bytes, secret: bytes) -> bytes:
    return extract(salt, _VERSION + suite + label + secret)


def _expand(suite: bytes, key: bytes, label: bytes, info: bytes, length: int) -> bytes:
    return expand(key, length.to_bytes(2, "big") + _VERSION + suite + label + info, length)
