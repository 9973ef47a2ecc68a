"""Requests that are small and unpack to far more: refused within a second, with a reason, and in little memory."""

import gzip
import io
import json
import struct
import tempfile
import time
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import httpx
from PIL import Image

from app.ids import sha256
from app.tags import tidy
from server import district, enrolment
from server.database import open_database
from server.formbook import publish
from server.settings import Settings
from sync.protocol import API, MAX_BLOB_BYTES
from tests.bench.figures import Figure, tell
from tests.browser.district import District
from tests.server.phones import FORM, Phone

NAME: Final = "bombs"
_ZEROS: Final = 100_000_000
_SECOND: Final = 1.0
_GROWTH: Final = 32_000_000  # bytes


@dataclass(frozen=True)
class Bomb:
    """A request that nobody means well."""

    name: str
    path: str
    body: bytes
    headers: dict[str, str] = field(default_factory=dict)
    method: str = "POST"
    taken: bool = False  # it is the largest of its kind that is none


def measure(share: float = 1.0) -> Iterator[Figure]:
    """The bombs that were taken, took long, or took much memory of the server's."""
    tell("bombs: what unpacks to far more than it is")
    with tempfile.TemporaryDirectory() as folder:
        served, code, officer, school = _district(Path(folder))
        served.start()
        try:
            with httpx.Client(base_url=served.url, timeout=30) as client:
                phone = Phone(client, officer, school)
                assert phone.enrol(tidy(code)).status_code == 200
                phone.push(phone.write())  # what is loaded once is loaded
                phone.name_photo(_picture(400, 300))
                phone.put_photo(_picture(400, 300))
                bombs = list(_bombs(phone))[: max(3, round(share * 100))]
                wrong = [words for bomb in bombs if (words := _thrown(served, phone, bomb))]
        finally:
            served.stop()
    yield Figure(NAME, len(wrong), f"of {len(bombs)} bombs were taken, slow, or took memory", "<=", 0)


def _district(folder: Path) -> tuple[District, str, str, str]:
    database = open_database(Settings(data=folder))
    with database.writing() as session:
        district.create(session, "Faults", "(918) 245-8777")
        publish(session, [FORM])
        school = district.add_school(session, "North").id
        officer = district.add_officer(session, "Ana", "1", [school]).id
        code = enrolment.make_code(session, officer)
    database.close()
    return District(folder), code, officer, school


def _thrown(served: District, phone: Phone, bomb: Bomb) -> str:
    """What is wrong with how the server took it."""
    if bomb.taken:
        phone.name_photo(bomb.body)
    before, began = served.memory(), time.perf_counter()
    answer = phone.client.request(
        bomb.method, f"{API}{bomb.path}", content=bomb.body, headers={**phone.headers, **bomb.headers}
    )
    took, growth = time.perf_counter() - began, max(served.memory(peak=True) - before, 0)
    try:
        error = answer.json()["error"]
        reason = f"{error['code']}: {error['message']}" if error["message"] else ""
    except (ValueError, KeyError):
        reason = ""
        if answer.status_code == 200 and (lines := answer.text.splitlines()):
            verdict = json.loads(lines[0])  # a batch may be fine where one of its lines is not
            reason = f"{verdict.get('code')}: {verdict.get('message')}" if verdict["verdict"] == "refused" else ""
    tell(f"  {bomb.name:32} {len(bomb.body):>9,} bytes  {took * 1000:5.0f} ms  {growth / 1e6:5.1f} MB  {reason[:60]}")
    without = answer.status_code != 201 if bomb.taken else not reason or answer.status_code >= 500
    checks = {
        f"answered {answer.status_code} without a reason": without,
        f"took {took:.1f} s": took > _SECOND,
        f"took {growth / 1e6:.0f} MB": growth > _GROWTH,
    }
    bad = [words for words, is_bad in checks.items() if is_bad]
    if bad:
        tell(f"  WRONG: {bomb.name} {', '.join(bad)}")
    return ", ".join(bad)


def _bombs(phone: Phone) -> Iterator[Bomb]:
    zipped = gzip.compress(bytes(_ZEROS), 9)
    packed = {"Content-Encoding": "gzip"}
    yield Bomb("100 MB of zeros in gzip", "/revisions", zipped, packed)
    yield Bomb("100 MB of zeros in gzip in gzip", "/revisions", gzip.compress(zipped, 9), packed)
    yield Bomb("100 MB of line ends in gzip", "/revisions", gzip.compress(b"\n" * _ZEROS, 9), packed)
    yield Bomb("zstd", "/revisions", bytes.fromhex("28b52ffd04000000"), {"Content-Encoding": "zstd"})
    json_type = {"Content-Type": "application/json"}
    yield Bomb("2 MB of brackets to enrol", "/enrol", b"[" * 2_000_000, json_type)
    yield Bomb("a number of a million digits to enrol", "/enrol", b'{"code":' + b"9" * 1_000_000 + b"}", json_type)
    good = phone.write().to_json()
    for name, value in (
        ("250,000 brackets in a line", b"[" * 125_000 + b"]" * 125_000),
        ("a number of 200,000 digits in a line", b"9" * 200_000),
        ("a number that no float holds", b"1e999999"),
    ):
        line = json.dumps({"hash": "0" * 64, "revision": {**good, "set": "HERE"}}).encode()
        yield Bomb(name, "/revisions", line.replace(b'"HERE"', b'{"minutes":' + value + b"}") + b"\n")
    yield Bomb("a line of 4 MB", "/revisions", b'{"hash":"' + b"a" * 3_900_000 + b'"}\n')
    for name, picture in (
        ("PNG of 900 megapixels", _png(30_000, 30_000)),
        ("PNG of 24 megapixels, 16 bit", _png(4_900, 4_900, depth=16, kind=6)),
        ("JPEG of 400 megapixels", _picture(20_000, 20_000)),
        ("progressive JPEG of 24 megapixels", _picture(4_900, 4_900, progressive=True)),
        ("WebP of 100 megapixels", _picture(10_000, 10_000, "WEBP")),
        ("ZIP of 100 MB of zeros", _zip()),
    ):
        yield Bomb(name, f"/blobs/{sha256(picture)}", picture, {"Content-Type": "image/png"}, "PUT")
    # The largest that are taken must not take more either.
    for name, picture in (
        ("(taken) PNG of 5 megapixels", _png(2_500, 2_000, depth=16, kind=6)),
        ("(taken) JPEG of 25 megapixels", _picture(5_000, 5_000)),
        ("(taken) progressive JPEG of 5", _picture(2_500, 2_000, progressive=True)),
        ("(taken) WebP of 2 megapixels", _picture(2_000, 1_000, "WEBP")),
    ):
        yield Bomb(name, f"/blobs/{sha256(picture)}", picture, {"Content-Type": "image/png"}, "PUT", taken=True)
    much = bytes(MAX_BLOB_BYTES + 200_000)
    yield Bomb("a photo that is too large", f"/blobs/{sha256(much)}", much, {"Content-Type": "image/jpeg"}, "PUT")


def _png(width: int, height: int, depth: int = 1, kind: int = 0) -> bytes:
    """A picture of zeros, made without having it."""
    row = 1 + -(-width * depth * (4 if kind == 6 else 1) // 8)
    packer = zlib.compressobj(9)
    pieces = [packer.compress(bytes(row)) for _ in range(height)]
    header = struct.pack(">IIBBBBB", width, height, depth, kind, 0, 0, 0)
    chunks = {b"IHDR": header, b"IDAT": b"".join(pieces) + packer.flush(), b"IEND": b""}
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
        for name, data in chunks.items()
    )


def _picture(width: int, height: int, kind: str = "JPEG", *, progressive: bool = False) -> bytes:
    out = io.BytesIO()
    mode = "L" if kind == "JPEG" and not progressive else "RGB"
    Image.new(mode, (width, height)).save(out, kind, quality=10, progressive=progressive)
    return out.getvalue()


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", bytes(_ZEROS))
    return out.getvalue()
