"""What goes over the wire is packed with gzip: both ends pack and unpack it here."""

import gzip
import zlib

from sync.protocol import Code, WireError


def inflate(body: bytes, limit: int) -> bytes:
    """Unpacks gzip. Raises WireError when it is none, is cut, or would unpack to more than `limit` bytes."""
    unpacker = zlib.decompressobj(wbits=31)
    try:
        data = unpacker.decompress(body, limit + 1)
    except zlib.error:
        raise WireError(Code.BAD_REQUEST, "What was sent is not gzip.") from None
    if len(data) > limit:
        raise WireError(Code.TOO_BIG, f"What was sent unpacks to more than {limit // 1_000_000} MB.")
    if not unpacker.eof:
        raise WireError(Code.BAD_REQUEST, "What was sent is cut off.")
    return data


def deflate(body: bytes) -> bytes:
    """Packs with gzip, the same bytes for the same body."""
    return gzip.compress(body, 6, mtime=0)


def deflate_small(body: bytes) -> bytes:
    """Packs with gzip, half as slowly again and 5 % smaller: what goes up from a phone, where the line takes longest.

    The levels above look longer for matches, and find none that are worth it: 0.1 % for another third of the time.
    """
    packer = zlib.compressobj(7, wbits=31, memLevel=9, strategy=zlib.Z_FILTERED)
    return packer.compress(body) + packer.flush()
