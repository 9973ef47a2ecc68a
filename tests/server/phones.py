"""What the server's tests share: a small form, and a phone that speaks the protocol without a screen."""

import io
import secrets
from typing import Any

import httpx
from PIL import Image

from app.ids import sha256, uuid7
from app.revisions import Answers, Revision
from server.tables import now
from server.times import iso
from sync.protocol import API, DEVICE_HEADER, Verdict, push_lines, read_verdicts

FORM: dict[str, Any] = {
    "id": "parent_contact",
    "version": "2026112301",
    "title": {"en": "Parent contact", "es": "Contacto con la familia"},
    "languages": ["en", "es"],
    "class": "education",
    "role": "counselling",
    "goal": "collaboration",
    "icon": "family_restroom",
    "fields": [
        {
            "type": "select_one",
            "name": "channel",
            "label": {"en": "How", "es": "Cómo"},
            "required": True,
            "choices": [
                {"name": "phone", "label": {"en": "Phone", "es": "Teléfono"}},
                {"name": "person", "label": {"en": "In person", "es": "En persona"}},
            ],
        },
        {
            "type": "integer",
            "name": "minutes",
            "label": {"en": "Minutes", "es": "Minutos"},
            "constraint": ["<=", ["self"], 600],
            "constraint_message": {"en": "At most ten hours.", "es": "Diez horas como máximo."},
        },
        {"type": "text", "name": "summary", "label": {"en": "Summary", "es": "Resumen"}},
        {"type": "image", "name": "photo", "label": {"en": "Photo", "es": "Foto"}},
    ],
}


class Writer:
    """What an officer's phone writes: a chain of revisions."""

    def __init__(self, officer: str, school: str, device: str = "") -> None:
        self.officer = officer
        self.school = school
        self.device = device or uuid7()
        self.seq = 0
        self.prev: str | None = None

    def write(self, answers: Answers | None = None, **parts: Any) -> Revision:
        """The next revision of this phone's chain; `parts` are what is to be different about it."""
        self.seq += 1
        body: dict[str, Any] = {
            "record": uuid7(),
            "form": FORM["id"],
            "form_version": FORM["version"],
            "record_class": FORM["class"],
            "school": self.school,
            "author": self.officer,
            "device": self.device,
            "seq": self.seq,
            "prev": self.prev,
            "at": iso(now()),
            "mono": self.seq * 1000,
            "set": {"channel": "phone"} if answers is None else answers,
            **parts,
        }
        revision = Revision(**body)
        self.prev = revision.hash
        return revision


class Phone(Writer):
    """An officer's phone: keeps its chain, and sends what it is told to send."""

    def __init__(self, client: httpx.Client, officer: str, school: str) -> None:
        super().__init__(officer, school)
        self.client = client
        self.token = secrets.token_urlsafe(32)

    @property
    def headers(self) -> dict[str, str]:
        """What makes the district recognise this phone."""
        return {"Authorization": f"Bearer {self.token}", DEVICE_HEADER: self.device}

    def enrol(self, code: str) -> httpx.Response:
        """Asks to be bound with a one-time code."""
        body = {"code": code, "device": self.device, "token": self.token, "name": "Test phone", "app": "0.1.0"}
        return self.client.post(f"{API}/enrol", json=body)

    def push(self, *revisions: Revision) -> list[Verdict]:
        """Sends revisions and gives the verdicts."""
        answer = self.send(push_lines(revisions))
        assert answer.status_code == 200, answer.text
        return read_verdicts(answer.content)

    def send(self, body: bytes, **headers: str) -> httpx.Response:
        """Posts any bytes as a batch."""
        return self.client.post(f"{API}/revisions", content=body, headers={**self.headers, **headers})

    def get(self, path: str, **headers: str) -> httpx.Response:
        """Asks for something as this phone."""
        return self.client.get(f"{API}{path}", headers={**self.headers, **headers})

    def name_photo(self, data: bytes, mime: str = "image/jpeg") -> Revision:
        """Hands in a record that names a photo, as phones do before they send it."""
        revision = self.write({"channel": "phone", "photo": photo_answer(data, mime)})
        assert [verdict.verdict for verdict in self.push(revision)] == ["accepted"]
        return revision

    def put_photo(self, data: bytes, name: str | None = None, mime: str = "image/jpeg") -> httpx.Response:
        """Sends a photo, or another file as what it is."""
        headers = {**self.headers, "Content-Type": mime}
        return self.client.put(f"{API}/blobs/{name or sha256(data)}", content=data, headers=headers)


def picture(kind: str = "JPEG", size: tuple[int, int] = (40, 30), colour: str = "navy") -> bytes:
    """A real picture."""
    out = io.BytesIO()
    Image.new("RGB", size, colour).save(out, kind)
    return out.getvalue()


def photo_answer(data: bytes, mime: str = "image/jpeg") -> dict[str, Any]:
    """The answer of an image question about this picture."""
    return {"sha256": sha256(data), "mime": mime, "bytes": len(data)}
