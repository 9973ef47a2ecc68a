import pytest

from tests.server.conftest import Home
from tests.server.console.staff import admin_id, audited
from tests.server.visitor import Visitor


def test_a_school_is_added_changed_retired_and_restored(staffed: Home, admin: Visitor) -> None:
    fields = {"name": "East School", "address": "1 East Road", "phone": "(918) 555-0111"}
    fields["reunification"] = "East Church, 9 East Road"
    path = admin.send("/console/schools/new", fields).headers["location"].split("?")[0]
    assert "1 East Road" in admin.get(path).text
    assert "East Church, 9 East Road" in admin.get(path).text
    assert "No places yet" in admin.get(path).text
    admin.send(f"{path}/edit", {**fields, "name": "Far East School", "reunification": "East Library"})
    assert "Far East School" in admin.get("/console/schools").text
    assert "East Library" in admin.get(path).text
    assert "Retire this school?" in admin.get(f"{path}/retire").text
    admin.send(f"{path}/retire")
    assert "Retired" in admin.get(path).text
    admin.send(f"{path}/restore", page=path)
    assert "Retired" not in admin.get(path).text
    for what in ("school-added", "school-changed", "school-retired", "school-restored"):
        assert audited(staffed, what)[-1] == (admin_id(staffed), path.rsplit("/", 1)[1]), what


@pytest.mark.parametrize("path", ["new", "edit"])
@pytest.mark.parametrize(("name", "words"), [("", "empty"), ("south high school", "chool"), ("x" * 201, "longer")])
def test_a_wrong_school_gets_words(staffed: Home, admin: Visitor, path: str, name: str, words: str) -> None:
    address = "/console/schools/" + ("new" if path == "new" else f"{staffed.school}/edit")
    answer = admin.send(address, {"name": name, "address": "Typed already"})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Typed already" in answer.text
