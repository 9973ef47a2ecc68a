"""Forms to try things with: those that ship, and small ones."""

from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from app.forms import Form
from server.publish.forms import publish_all

NOW = datetime(2026, 11, 23, 14, 5, tzinfo=timezone(timedelta(hours=-6)))
_FOLDER = Path(__file__).parents[2] / "assets" / "forms"
FORMS = tuple(sorted(path.stem for path in _FOLDER.glob("*.md")))
NOT_BEGUN = {"finding_update", "family_request", "tour_run"}  # by an officer, from Home
PHOTO = {"sha256": "ab" * 32, "mime": "image/jpeg", "bytes": 81_000}

# Anything JSON can hold, and more.
JUNK = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12)),
    lambda parts: st.one_of(st.lists(parts, max_size=3), st.dictionaries(st.text(max_size=4), parts, max_size=3)),
    max_leaves=5,
)


@cache
def published() -> dict[str, dict[str, Any]]:
    return publish_all(_FOLDER)


@cache
def form(form_id: str) -> Form:
    return Form.parse(published()[form_id])


def small(*fields: dict[str, Any], **parts: Any) -> Form:
    """A form with these fields, each labelled with its name."""
    return Form.parse(small_json(*fields, **parts))


def small_json(*fields: dict[str, Any], **parts: Any) -> dict[str, Any]:
    return {
        **{"id": "small", "version": "1", "title": {"en": "Small", "es": "Pequeño"}, "languages": ["en", "es"]},
        **{"class": "public", "role": "community", "goal": "collaboration", "icon": "star"},
        "fields": [labelled(field) for field in fields],
        **parts,
    }


def labelled(field: dict[str, Any]) -> dict[str, Any]:
    both = {"en": field["name"], "es": field["name"]}
    if "fields" in field:
        return {"type": "group", **field, "fields": [labelled(one) for one in field["fields"]]}
    choices = [{"name": name, "label": {"en": name.title(), "es": name.upper()}} for name in field.get("choices", [])]
    return {"type": "text", "label": both, **field, **({"choices": choices} if choices else {})}


def codes(found: Form, answers: Any, **how: Any) -> dict[str, str]:
    return {name: problem.code for name, problem in found.check(answers, now=NOW, **how).items()}
