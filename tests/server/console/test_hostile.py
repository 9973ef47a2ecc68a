from server import enrolment
from server.formbook import publish
from server.tables import Device
from tests.server import hostile
from tests.server.conftest import Home
from tests.server.console.staff import ACCOUNT
from tests.server.phones import FORM, Phone
from tests.server.visitor import Visitor


def test_nothing_stored_can_break_out_of_a_page(staffed: Home, admin: Visitor) -> None:
    with staffed.database.writing() as session:
        bad = dict.fromkeys(("en", "es"), hostile.PAYLOAD)
        fields = [dict(field, label=bad) for field in FORM["fields"]]
        fields[0] = dict(fields[0], choices=[dict(choice, label=bad) for choice in FORM["fields"][0]["choices"]])
        publish(session, [dict(FORM, version="2", title=bad, fields=fields)])
    made = hostile.make(staffed)
    with staffed.database.writing() as session:
        code = enrolment.make_code(session, made.officer)
    phone = Phone(admin.client, made.officer, made.school)
    first = phone.write(hostile.answers(), form_version="2", reason=hostile.PAYLOAD, place=made.place)
    assert phone.enrol(code).status_code == 200
    change = {"form_version": "2", "record": first.record, "parents": (first.hash,), "reason": hostile.PAYLOAD}
    verdicts = phone.push(first, phone.write({"summary": hostile.PAYLOAD + "1"}, **change))
    assert {verdict.verdict for verdict in verdicts} == {"accepted"}
    with staffed.database.writing() as session:
        device = session.get_one(Device, phone.device)
        device.name = device.platform = device.app = hostile.PAYLOAD[:40]
    query = f"?form={hostile.ASCII_PHONE}&school={hostile.ASCII_PHONE}&done={hostile.ASCII_PHONE}"
    pages = [
        "/console/records",
        f"/console/records{query}",
        f"/console/records/{first.record}",
        "/console/officers",
        f"/console/officers/{made.officer}",
        f"/console/officers/{made.officer}/edit",
        f"/console/officers/{made.officer}/close",
        f"/console/officers/{made.officer}/devices/{phone.device}/revoke",
        "/console/officers/new",
        "/console/schools",
        f"/console/schools/{made.school}",
        f"/console/schools/{made.school}/edit",
        f"/console/schools/{made.school}/retire",
        f"/console/schools/{made.school}/print",
        f"/console/schools/{made.school}/places/new",
        f"/console/places/{made.place}",
        f"/console/places/{made.place}/edit",
        f"/console/places/{made.place}/new-tag",
        f"/console/places/{made.place}/print",
        "/console/cards",
        f"/console/places/import?school={made.school}",
        "/console/cards/new",
        f"/console/cards/{made.card}",
        f"/console/cards/{made.card}/print",
        f"/console/cards/{made.post}/print",
        f"/console/cards/{made.card}/retire",
        "/console/nowhere",
    ]
    for path in pages:
        answer = admin.get(path)
        assert answer.status_code == (404 if path.endswith("nowhere") else 200), path
        assert hostile.clean(answer.text), path
        assert "x666" in answer.text, f"{path} shows the payload as text"
    wrong = admin.send("/console/officers/new", {**ACCOUNT, "name": hostile.PAYLOAD, "badge": "101"})
    assert wrong.status_code == 422
    assert hostile.clean(wrong.text)
    shown = admin.send(f"/console/officers/{made.officer}/code", page=f"/console/officers/{made.officer}")
    assert hostile.clean(shown.text)
