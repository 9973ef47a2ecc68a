"""The register of places at the console: a table to download, and one to send."""

import csv
import io

import httpx
import pytest
from sqlalchemy import func, select

from server import places
from server.console.place_table import MOST_BYTES, MOST_ROWS
from server.guard import MAX_BODY_BYTES
from server.tables import Place
from tests.server import hostile
from tests.server.conftest import Home
from tests.server.console.staff import admin_id, audited
from tests.server.visitor import Visitor, secret_of

HEAD = "school,building,name,kind,lat,lon\n"
GYM = "North Middle School,Gym,"
IMPORT = "/console/places/import"


def send(admin: Visitor, data: str | bytes | None, path: str = IMPORT) -> httpx.Response:
    """Chooses a file with this in it, or none, and sends it."""
    fields = {"csrf": secret_of(admin.get(path).text)}
    name, held = ("", b"") if data is None else ("places.csv", data if isinstance(data, bytes) else data.encode())
    return admin.client.post(path, data=fields, files={"file": (name, held)})


def count(home: Home) -> int:
    with home.database.reading() as session:
        return session.scalar(select(func.count()).select_from(Place)) or 0


def test_places_are_added_and_changed_from_a_file_and_it_is_said_how_many(staffed: Home, admin: Visitor) -> None:
    assert f'href="{IMPORT}?school={staffed.school}"' in admin.get(f"/console/schools/{staffed.school}").text
    assert f'href="{IMPORT}"' in admin.get("/console/schools").text
    text = f"{HEAD}{GYM}Door 7,gate,36.1,-95.9\n{GYM}Door 8,door,,\n"
    answer = send(admin, text, f"{IMPORT}?school={staffed.school}")
    assert answer.status_code == 200
    assert "1 added, 1 changed, 0 as they were." in answer.text
    assert "has a tag" in answer.text
    again = send(admin, text).text
    assert "0 added, 0 changed, 2 as they were." in again
    assert "has a tag" not in again
    page = admin.get(f"/console/schools/{staffed.school}").text
    assert "Door 8" in page
    assert "Gate" in page
    for what in ("place-added", "place-changed"):
        assert audited(staffed, what)[-1][0] == admin_id(staffed)


def test_the_download_has_every_place_and_comes_in_again(staffed: Home, admin: Visitor) -> None:
    with staffed.database.writing() as session:
        places.add_place(session, staffed.other_school, "=SUM(A1)", building="Añexo")
        places.add_place(session, staffed.other_school, "Old gate").active = False
    whole = admin.get("/console/places.csv")
    assert whole.headers["content-type"] == "text/csv; charset=utf-8"
    assert whole.headers["content-disposition"] == 'attachment; filename="places.csv"'
    assert whole.headers["cache-control"] == "no-store"
    rows = list(csv.DictReader(io.StringIO(whole.content.decode("utf-8-sig"))))
    assert [(row["building"], row["name"], row["active"]) for row in rows] == [
        *(("Gym", "Door 7", "yes"), ("", "Old gate", "no"), ("Añexo", "'=SUM(A1)", "yes")),
    ]
    assert "0 added, 0 changed, 3 as they were." in send(admin, whole.content).text
    page = admin.get(f"/console/schools/{staffed.school}").text
    of_one = f"/console/places.csv?school={staffed.school}"
    assert f'href="{of_one}"' in page
    assert len(admin.get(of_one).text.splitlines()) == 2
    assert audited(staffed, "places-exported") == [(admin_id(staffed), "all"), (admin_id(staffed), staffed.school)]
    for nowhere in ("/console/places.csv?school=x", f"{IMPORT}?school=x"):
        assert admin.get(nowhere).status_code == 404


def test_mistakes_are_listed_row_by_row_and_nothing_is_saved(staffed: Home, admin: Visitor) -> None:
    text = f"{HEAD}{GYM}Good,door,,\nNowhere,,Door,door,,\n{GYM},castle,91,5\n"
    answer = send(admin, text)
    assert answer.status_code == 422
    listed = [" ".join(part.split()) for part in answer.text.split("<tbody")[1].split("<tr")[1:]]
    for row, (at, column, stands, why) in zip(
        listed,
        [
            (3, "school", "Nowhere", "There is no school"),
            (4, "name", "", "The name is empty"),
            (4, "kind", "castle", "A kind is one of door, aed"),
            (4, "lat", "91", "The latitude must be from -90 to 90"),
        ],
        strict=True,
    ):
        assert f">{at}</th>" in row
        assert f"<code>{column}</code>" in row
        assert f' class="typed">{stands}</td>' in row
        assert why in row
    assert "There are 4 mistakes" in answer.text
    assert "Nothing was saved" in answer.text
    assert count(staffed) == 1
    admin.client.headers["Accept-Language"] = "es"
    spanish = send(admin, text).text
    for words in ("No se guardó nada.", "Hay 4 errores", "No hay escuela «Nowhere»", "Latitud: debe ser de -90 a 90."):
        assert words in spanish


def test_a_page_lists_the_first_of_very_many_mistakes(admin: Visitor) -> None:
    answer = send(admin, HEAD + "Nowhere,,Door,door,,\n" * 300)
    assert "There are 300 mistakes" in answer.text
    assert "These are the first 200." in answer.text
    assert answer.text.count("<code>school</code></td>") == 200


def test_what_a_file_says_comes_back_as_text(staffed: Home, admin: Visitor) -> None:
    text = io.StringIO()
    csv.writer(text).writerows([["school", "name", "kind"], [hostile.PAYLOAD, "x", hostile.PAYLOAD], ["=1", "", "{x}"]])
    names = io.StringIO()
    csv.writer(names).writerows([["school", "name", hostile.PAYLOAD], [hostile.PAYLOAD] * 3])
    for sent in (text.getvalue(), names.getvalue(), f"{HEAD}{GYM}Door,door,,,{hostile.PAYLOAD}\n"):
        for language in ("en", "es"):
            admin.client.headers["Accept-Language"] = language
            answer = send(admin, sent)
            assert answer.status_code == 422
            assert hostile.clean(answer.text)
            assert "x666" in answer.text
    assert count(staffed) == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (None, "Choose a file first"),
        (b"", "The file is empty"),
        (b"PK\x03\x04\x14\0\6\0", "perhaps a workbook"),
        (f"{HEAD}{GYM}Puerta de atrás,door,,\n".encode("latin-1"), "Line 2 has letters that are not in UTF-8"),
        (HEAD.encode() + b"x" * MOST_BYTES, "larger than 2 MB"),
        ("school,name\n" + f"{GYM}\n" * MOST_ROWS, "more than 4000 rows"),
    ],
)
def test_a_file_that_cannot_be_taken_is_refused_with_what_to_do(
    staffed: Home, admin: Visitor, data: bytes | str | None, words: str
) -> None:
    answer = send(admin, data)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'type="file"' in answer.text, "another can be chosen at once"
    assert count(staffed) == 1
    admin.client.headers["Accept-Language"] = "es"
    assert words not in send(admin, data).text


def test_a_file_of_a_spreadsheet_program_in_utf_16_with_tabs_is_taken(staffed: Home, admin: Visitor) -> None:
    text = f"{HEAD}{GYM}Puerta de atrás,door,36.1,-95.9\n".replace(",", "\t")
    assert "1 added" in send(admin, text.encode("utf-16")).text
    assert count(staffed) == 2


def test_a_file_larger_than_any_request_is_refused_in_the_consoles_words(staffed: Home, admin: Visitor) -> None:
    answer = send(admin, b"x" * MAX_BODY_BYTES)
    assert answer.status_code == 413
    assert "Too large" in answer.text
    assert "Nothing was changed" in answer.text
    assert "smaller photo" not in answer.text
    assert count(staffed) == 1


def test_only_the_form_for_it_takes_a_file_and_only_one(staffed: Home, admin: Visitor) -> None:
    secret = {"csrf": secret_of(admin.get(IMPORT).text)}
    two = [("file", ("a.csv", b"school,name\n")), ("file", ("b.csv", b"school,name\n"))]
    assert admin.client.post(IMPORT, data=secret, files=two).status_code == 400
    elsewhere = f"/console/schools/{staffed.school}/edit"
    assert admin.client.post(elsewhere, data={**secret, "name": "N"}, files=two[:1]).status_code == 400


def test_a_file_without_the_sessions_secret_changes_nothing(staffed: Home, admin: Visitor) -> None:
    data = f"{HEAD}{GYM}Door 8,door,,\n".encode()
    for secret in ({}, {"csrf": "x" * 43}):
        assert admin.client.post(IMPORT, data=secret, files={"file": ("a.csv", data)}).status_code == 403
    assert count(staffed) == 1
