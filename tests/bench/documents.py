"""Records of about 1 KB as officers write them: thirty short answers and a remark. The same for the same number."""

import random
from typing import Any

from app.ids import canonical, uuid7
from app.revisions import Revision

_SIZE = 1_024
_WORDS = [
    "door",
    "camera",
    "lock",
    "gate",
    "light",
    "exit",
    "hall",
    "report",
    "north",
    "wing",
    "stairs",
    "office",
    "key",
]

FORM: dict[str, Any] = {
    "id": "bench_walkthrough",
    "version": "2026112301",
    "title": {"en": "Walkthrough"},
    "languages": ["en"],
    "class": "administrative",
    "role": "law_enforcement",
    "goal": "safe_environment",
    "icon": "checklist",
    "fields": [
        *(
            {
                "type": "select_one",
                "name": f"q{number:02}",
                "label": {"en": f"Question {number}"},
                "required": True,
                "choices": [{"name": name, "label": {"en": name}} for name in ("yes", "partly", "no")],
            }
            for number in range(30)
        ),
        {"type": "text", "name": "remark", "label": {"en": "Remark"}, "appearance": "multiline"},
        {"type": "image", "name": "photo", "label": {"en": "Photo"}},
    ],
}


def answers(number: int) -> dict[str, Any]:
    """Answers whose canonical JSON has 1 KB."""
    chance = random.Random(number)  # noqa: S311 - decides nothing secret
    made: dict[str, Any] = {f"q{n:02}": chance.choice(["yes", "partly", "no"]) for n in range(30)}
    room = _SIZE - len(canonical({**made, "remark": ""}))
    made["remark"] = " ".join(chance.choices(_WORDS, k=room))[:room].strip()
    return made


class Writer:
    """Writes revisions as a phone does, each a new record, chained."""

    def __init__(self, device: str, officer: str, school: str) -> None:
        self._device, self._officer, self._school = device, officer, school
        self._seq = 0
        self._prev: str | None = None

    def write(self) -> Revision:
        """The next revision."""
        self._seq += 1
        revision = Revision(
            record=uuid7(),
            form=FORM["id"],
            form_version=FORM["version"],
            record_class=FORM["class"],
            school=self._school,
            author=self._officer,
            device=self._device,
            seq=self._seq,
            prev=self._prev,
            at="2026-11-23T10:15:00.000+01:00",
            mono=self._seq * 1_000,
            set=answers(self._seq),
        )
        self._prev = revision.hash
        return revision
