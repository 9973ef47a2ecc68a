"""What the district refuses of what phones send, each with its code, and that anything at all gets an answer."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from app.ids import canonical, sha256, uuid7
from server import district
from server.formbook import publish
from server.records import one
from server.tables import StoredRevision
from sync.protocol import (
    MAX_BATCH_LINES,
    MAX_LINE_BYTES,
    Code,
    push_lines,
    read_verdicts,
)
from tests.server.conftest import Home
from tests.server.judged import record, refusal, stored
from tests.server.phones import FORM, Phone

# -- what is refused, each with its code -----------------------------------------------------------------------------


def test_another_class_than_the_forms_is_refused(phone: Phone) -> None:
    assert refusal(phone.push(phone.write(record_class="public"))) == (Code.WRONG_CLASS, "record_class")


def test_a_school_that_was_never_the_officers_is_refused(home: Home, phone: Phone) -> None:
    assert refusal(phone.push(phone.write(school=home.other_school))) == (Code.WRONG_SCHOOL, "school")


def test_somebody_elses_name_or_phone_is_refused(home: Home, phone: Phone, new_phone: Callable[..., Phone]) -> None:
    other = new_phone(home.both)
    assert refusal(phone.push(phone.write(author=home.both))) == (Code.WRONG_AUTHOR, "author")
    assert refusal(phone.push(phone.write(device=other.device))) == (Code.WRONG_AUTHOR, "device")


def test_a_phone_that_a_restored_district_has_forgotten_is_doubted_and_taken_in(home: Home, phone: Phone) -> None:
    (verdict,) = phone.push(revision := phone.write(device=uuid7(), seq=1, prev=None))
    assert verdict.safe
    assert record(home, revision.record).flags == ["device_unknown"]


def test_nobody_writes_as_the_district_or_as_anothers_lost_phone(
    home: Home, phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    with home.database.reading() as session:
        itself = district.the_district(session).id
    assert refusal(phone.push(phone.write(device=itself))) == (Code.WRONG_AUTHOR, "device")
    other, lost = new_phone(home.both), uuid7()
    other.push(other.write(device=lost))
    assert refusal(phone.push(phone.write(device=lost))) == (Code.WRONG_AUTHOR, "device")


def test_nobody_learns_whether_anothers_revision_is_here(
    home: Home, phone: Phone, new_phone: Callable[..., Phone]
) -> None:
    theirs = new_phone(home.both).write()
    new_phone(home.both).push(theirs)
    assert refusal(phone.push(theirs))[0] == Code.WRONG_AUTHOR


def test_a_record_cannot_change_its_school_or_form(home: Home, new_phone: Callable[..., Phone]) -> None:
    with home.database.writing() as session:
        publish(session, [{**FORM, "id": "other_form"}])
    phone = new_phone(home.both)
    first = phone.write()
    phone.push(first)
    moved = phone.write({}, record=first.record, parents=(first.hash,), school=home.other_school)
    assert refusal(phone.push(moved)) == (Code.WRONG_SCHOOL, "school")
    turned = phone.write({}, record=first.record, parents=(first.hash,), form="other_form")
    assert refusal(phone.push(turned)) == (Code.BAD_REVISION, "form")


@pytest.mark.parametrize(
    ("answers", "field"),
    [
        ({"channel": "pigeon"}, "channel"),
        ({}, "channel"),
        ({"channel": "phone", "minutes": 601}, "minutes"),
        ({"channel": "phone", "minutes": "five"}, "minutes"),
        ({"channel": "phone", "shoe_size": 9}, "shoe_size"),
        ({"channel": "phone", "photo": {"sha256": "no", "mime": "image/jpeg", "bytes": 5}}, "photo"),
        ({"channel": "phone", "photo": {"sha256": "0" * 64, "mime": "image/svg+xml", "bytes": 5}}, "photo"),
        ({"channel": "phone", "photo": {"sha256": "0" * 64, "mime": "image/png", "bytes": 50_000_000}}, "photo"),
        ({"channel": "phone", "photo": {"sha256": "0" * 64, "mime": ["x"], "bytes": 5}}, "photo"),
    ],
)
def test_answers_that_the_form_refuses_are_refused_with_the_fields_name(
    phone: Phone, answers: dict[str, Any], field: str
) -> None:
    assert refusal(phone.push(phone.write(answers))) == (Code.ANSWERS_REFUSED, field)


def test_words_about_an_answer_come_in_the_officers_language(phone: Phone) -> None:
    body = push_lines([phone.write({"channel": "phone", "minutes": 601})])
    [verdict] = read_verdicts(phone.send(body, **{"Accept-Language": "es-MX,es;q=0.9"}).content)
    assert verdict.message == "Diez horas como máximo."


def test_an_edit_that_takes_a_required_answer_away_is_refused(phone: Phone) -> None:
    first = phone.write()
    phone.push(first)
    edit = phone.write({}, record=first.record, parents=(first.hash,), unset=("channel",))
    assert refusal(phone.push(edit)) == (Code.ANSWERS_REFUSED, "channel")


def test_a_revision_that_is_not_its_hash_is_refused(home: Home, phone: Phone) -> None:
    revision = phone.write()
    line = canonical({"hash": revision.hash, "revision": {**revision.to_json(), "mono": 77}}) + b"\n"
    [verdict] = read_verdicts(phone.send(line).content)
    assert (verdict.verdict, verdict.code, verdict.hash) == ("refused", Code.HASH_MISMATCH, revision.hash)
    assert stored(home) == []


@pytest.mark.parametrize(
    ("change", "value"),
    [
        ("seq", 0),
        ("v", 2),
        ("at", "yesterday"),
        ("record", "42"),
        ("set", []),
        ("form", "half a pair \ud800"),
        ("set", {"summary": "half a pair \ud800"}),
        ("set", {"summary": "nul \0"}),
        ("record_class", ["education"]),
        ("extra", 1),
    ],
)
def test_what_is_no_revision_is_refused(phone: Phone, change: str, value: Any) -> None:
    body = {**phone.write().to_json(), change: value}
    digest = sha256(
        json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode("utf-8", "replace")
    )
    line = json.dumps({"hash": digest, "revision": body}).encode() + b"\n"
    [verdict] = read_verdicts(phone.send(line).content)
    assert (verdict.verdict, verdict.code, verdict.hash) == ("refused", Code.BAD_REVISION, digest)


def test_a_record_that_is_too_long_is_refused_alone(phone: Phone) -> None:
    long = phone.write({"channel": "phone", "summary": "x" * MAX_LINE_BYTES})
    verdicts = phone.push(long, phone.write())
    assert [(v.verdict, v.code) for v in verdicts] == [("refused", Code.TOO_BIG), ("accepted", None)]


def test_a_batch_that_was_cut_is_refused_whole(home: Home, phone: Phone) -> None:
    answer = phone.send(push_lines([phone.write(), phone.write()])[:-5])
    assert (answer.status_code, answer.json()["error"]["code"]) == (400, Code.BAD_JSON)
    assert stored(home) == []


def test_a_batch_with_too_many_lines_is_refused_whole(phone: Phone) -> None:
    answer = phone.send(b"{}\n" * (MAX_BATCH_LINES + 1))
    assert (answer.status_code, answer.json()["error"]["code"]) == (413, Code.TOO_BIG)


def test_what_nobody_foresaw_is_refused_and_names_nothing_in_the_log(
    phone: Phone, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def explode(*_: object, **__: object) -> None:
        raise RuntimeError("the summary says: secret-of-a-family")

    monkeypatch.setattr("app.forms.Form.check", explode)
    assert refusal(phone.push(phone.write({"channel": "phone", "summary": "secret-of-a-family"})))[0] == Code.INTERNAL
    assert "RuntimeError" in caplog.text
    assert "secret-of-a-family" not in caplog.text


# -- anything at all -------------------------------------------------------------------------------------------------

SHARED = settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@SHARED
@given(
    lines=st.lists(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()), max_size=5),
    end=st.sampled_from([b"\n", b"\n", b"\n", b"", b"x"]),
)
def test_any_bytes_get_verdicts_or_an_error_in_words(phone: Phone, lines: list[bytes], end: bytes) -> None:
    body = b"\n".join(lines) + end
    answer = phone.send(body)
    if not body.endswith(b"\n") and body:
        assert answer.status_code == 400
        assert answer.json()["error"]["message"]
    else:
        assert answer.status_code == 200
        assert len(read_verdicts(answer.content)) == len([line for line in body.split(b"\n") if line])


@SHARED
@given(data=st.data())
def test_any_change_of_a_good_revision_gets_a_verdict(home: Home, phone: Phone, data: st.DataObject) -> None:
    body = phone.write().to_json()
    for name in data.draw(st.lists(st.sampled_from(sorted(body)), min_size=1, max_size=3, unique=True)):
        body[name] = data.draw(JSON)
    line = json.dumps({"hash": _hash(body), "revision": body}).encode() + b"\n"
    [verdict] = read_verdicts(phone.send(line).content)
    assert verdict.verdict == "refused" or one_is_kept(home, verdict.hash)


@SHARED
@given(answers=st.dictionaries(st.sampled_from(["channel", "minutes", "summary", "photo", "other"]), JSON))
def test_any_answers_get_a_verdict_and_what_is_kept_holds(home: Home, phone: Phone, answers: dict[str, Any]) -> None:
    body = {**phone.write().to_json(), "set": answers}
    line = json.dumps({"hash": _hash(body), "revision": body}).encode() + b"\n"
    [verdict] = read_verdicts(phone.send(line).content)
    assert verdict.code not in (Code.INTERNAL, Code.BAD_JSON)
    if verdict.safe:
        assert answers["channel"] in ("phone", "person")
        with home.database.reading() as session:
            assert one(session, body["record"]) is not None


def _hash(body: dict[str, Any]) -> str:
    try:
        return sha256(canonical(body))
    except ValueError:
        return "0" * 64


def one_is_kept(home: Home, name: str) -> bool:
    with home.database.reading() as session:
        return session.scalar(select(StoredRevision).where(StoredRevision.hash == name)) is not None
