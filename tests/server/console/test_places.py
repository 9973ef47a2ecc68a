import re

import pytest

from app import spot
from app.ids import sha256
from server import places
from server.blobs import open_blobs
from server.changes import set_place_photo
from server.tables import Place, School, Tag
from tests.server.conftest import Home
from tests.server.console.staff import admin_id, audited
from tests.server.noted import by_hand
from tests.server.phones import picture
from tests.server.printed import words_on
from tests.server.visitor import Visitor

PLACE = {"name": "Boiler room", "building": "Main", "floor": "Basement", "kind": "other", "fence_m": "30"}


def test_a_place_is_added_with_its_tag_changed_retired_and_restored(staffed: Home, admin: Visitor) -> None:
    fields = {**PLACE, "lat": "36.1397", "lon": "-96.1089", "instructions": "Locked when empty"}
    added = admin.send(f"/console/schools/{staffed.school}/places/new", fields)
    path = added.headers["location"].split("?")[0]
    place_id = path.rsplit("/", 1)[1]
    page = admin.get(path).text
    for text in ("Boiler room", "36.13970, -96.10890", "30 m", "Locked when empty", "Tag 1"):
        assert text in page
    admin.send(f"{path}/edit", {**fields, "name": "Old boiler room", "lat": "", "lon": ""})
    with staffed.database.reading() as session:
        place = session.get_one(Place, place_id)
        assert (place.name, place.lat, place.fence_m) == ("Old boiler room", None, 30)
    admin.send(f"{path}/retire")
    assert "Retired" in admin.get(f"/console/schools/{staffed.school}").text
    admin.send(f"{path}/restore", page=path)
    assert "Retired" not in admin.get(f"/console/schools/{staffed.school}").text
    for what in ("place-added", "place-changed", "place-retired", "place-restored"):
        assert audited(staffed, what)[-1] == (admin_id(staffed), place_id), what


@pytest.mark.parametrize("kind", [Place, School])
def test_the_tag_of_what_is_retired_is_not_in_use(staffed: Home, admin: Visitor, kind: type[Place | School]) -> None:
    path = f"/console/places/{staffed.place}"
    assert "In use" in admin.get(path).text
    with staffed.database.writing() as session:
        by_hand(session)
        what = session.get_one(Place, staffed.place) if kind is Place else session.get_one(School, staffed.school)
        what.active = False
    page = admin.get(path).text
    assert "In use" not in page
    assert "Retired" in page


def test_a_spot_question_keeps_its_answer_to_itself(staffed: Home, admin: Visitor) -> None:
    path = f"/console/places/{staffed.place}"
    fields = {**PLACE, "question_set": "Door", "spot_question": "Number on the panel?", "spot_answer": "14 B"}
    fields["spot_question::es"] = "¿Número del panel?"
    admin.send(f"{path}/edit", fields)
    admin.send(f"{path}/edit", {**fields, "spot_answer": ""})
    with staffed.database.reading() as session:
        place = session.get_one(Place, staffed.place)
        assert place.question_set == "door"
        assert spot.is_right("14b", place.spot_answer)
    for page in (admin.get(path).text, admin.get(f"{path}/edit").text):
        assert "Number on the panel?" in page
        assert "¿Número del panel?" in page
        assert "14 B" not in page
        assert place.spot_answer not in page


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"spot_question": "Which number?"}, "necesita su respuesta"),
        ({"spot_question": "Which number?", "spot_answer": "?"}, "necesita una letra o una cifra"),
        ({"spot_answer": "14"}, "sin su pregunta"),
        ({"question_set": "1st"}, "Un grupo de preguntas se nombra"),
        ({"name": ""}, "Nombre: está vacío."),
        ({"building": "x" * 200}, "Edificio: tiene más de 100 caracteres."),
        ({"name": "Door 8", "building": "Gym"}, "Ya hay un lugar"),
        ({"kind": "castle"}, "Elija qué clase de lugar es."),
        ({"lat": "91", "lon": "1"}, "Latitud: debe ser de -90 a 90."),
        ({"lat": "1", "lon": "east"}, "Longitud: no es un número."),
        ({"lat": "36"}, "necesita la latitud y la longitud"),
        ({"fence_m": "1"}, "Cerca quiere decir a menos de: debe ser de 5 a 5000."),
    ],
)
def test_a_wrong_place_gets_words_in_the_readers_language(
    staffed: Home, admin: Visitor, wrong: dict[str, str], words: str
) -> None:
    with staffed.database.writing() as session:
        places.add_place(session, staffed.school, "Door 8", building="Gym")
    admin.client.headers["Accept-Language"] = "es"
    for path in (f"/console/schools/{staffed.school}/places/new", f"/console/places/{staffed.place}/edit"):
        answer = admin.send(path, {**PLACE, **wrong})
        assert answer.status_code == 422
        assert words in answer.text, path


@pytest.mark.parametrize("path", ["new", "edit"])
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"spot_question": "Which number?"}, "needs its answer"),
        ({"spot_answer": "14"}, "no spot question"),
        ({"question_set": "1st"}, "question set is named"),
        ({"name": ""}, "empty"),
        ({"name": "Door 8", "building": "Gym"}, "already"),
        ({"kind": "castle"}, "kind of place"),
        ({"lat": "91", "lon": "1"}, "latitude must be"),
        ({"lat": "north", "lon": "1"}, "latitude is no number"),
        ({"lat": "nan", "lon": "1"}, "latitude must be"),
        ({"lat": "36"}, "both latitude and longitude"),
        ({"fence_m": "1"}, "from 5 to 5000"),
    ],
)
def test_a_wrong_place_gets_words(staffed: Home, admin: Visitor, path: str, wrong: dict[str, str], words: str) -> None:
    with staffed.database.writing() as session:
        places.add_place(session, staffed.school, "Door 8", building="Gym")
    new, edit = f"/console/schools/{staffed.school}/places/new", f"/console/places/{staffed.place}/edit"
    answer = admin.send(new if path == "new" else edit, {**PLACE, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Basement" in answer.text


def test_a_place_shows_its_photo(staffed: Home, admin: Visitor) -> None:
    path = f"/console/places/{staffed.place}"
    assert admin.get(f"{path}/photo").status_code == 404
    assert f"{path}/photo" not in admin.get(path).text
    data = picture()
    with open_blobs(staffed.settings).receive() as incoming:
        incoming.write(data)
        incoming.keep(sha256(data))
    with staffed.database.writing() as session:
        set_place_photo(session, session.get_one(Place, staffed.place), sha256(data), who="test")
    assert f"{path}/photo" in admin.get(path).text
    answer = admin.get(f"{path}/photo")
    assert (answer.status_code, answer.content) == (200, data)


def test_a_tag_is_replaced_only_after_a_question(staffed: Home, admin: Visitor) -> None:
    path = f"/console/places/{staffed.place}/new-tag"
    assert "Replace this tag?" in admin.get(path).text
    with staffed.database.reading() as session:
        assert session.get_one(Tag, staffed.tag).state == "active"
    admin.send(path)
    with staffed.database.reading() as session:
        assert session.get_one(Tag, staffed.tag).state == "retired"
    page = admin.get(f"/console/places/{staffed.place}").text
    assert "Tag 2" in page
    assert audited(staffed, "tag-made")[-1] == (admin_id(staffed), f"{staffed.place} v2")


def test_a_sheet_has_the_tags_of_its_school_and_it_is_noted_who_saw_them(staffed: Home, admin: Visitor) -> None:
    with staffed.database.writing() as session:
        elsewhere = places.add_place(session, staffed.other_school, "Gate of the south")
        retired = places.add_place(session, staffed.school, "Old gate")
        retired.active = False
    file = f"/console/schools/{staffed.school}/tags.pdf"
    sheet = admin.get(file)
    assert sheet.headers["content-type"] == "application/pdf"
    assert sheet.headers["content-disposition"] == 'inline; filename="labels.pdf"'
    assert sheet.headers["cache-control"] == "no-store"
    [said] = words_on(sheet.content)
    assert "Door 7" in said
    assert f"{staffed.short[:4]}-{staffed.short[4:]}" in said
    assert "Gate of the south" not in said
    assert "Old gate" not in said
    assert audited(staffed, "tags-shown") == [(admin_id(staffed), staffed.school)]
    one = admin.get(f"/console/places/{elsewhere.id}/tags.pdf?kind=plates&paper=a4")
    assert "Gate of the south" in words_on(one.content)[0]
    assert audited(staffed, "tags-shown")[-1] == (admin_id(staffed), elsewhere.id)
    for wrong in ("?paper=papyrus", "?kind=posters"):
        assert admin.get(file + wrong).status_code == 400


@pytest.mark.parametrize("of", ["school", "place"])
def test_the_ways_to_print_lead_to_pdfs(staffed: Home, admin: Visitor, of: str) -> None:
    above = f"/console/{of}s/{getattr(staffed, of)}"
    assert f'href="{above}/print"' in admin.get(above).text
    page = admin.get(f"{above}/print").text
    ways = re.findall(r'href="([^"]+\.pdf[^"]*)"', page)
    assert ways == [f"{above}/tags.pdf?kind={k}&amp;paper={p}" for k in ("labels", "plates") for p in ("letter", "a4")]
    for way in ways:
        assert admin.get(way.replace("&amp;", "&")).content.startswith(b"%PDF-")
    assert "open nothing on a phone" not in page
    assert "Print at 100 %" in page
    assert "Imprima al 100 %" in admin.get(f"{above}/print?lang=es").text


def test_what_cannot_be_printed_is_said_on_the_page_and_not_noted_as_seen(staffed: Home, admin: Visitor) -> None:
    answer = admin.get(f"/console/schools/{staffed.other_school}/tags.pdf")
    assert answer.status_code == 422
    assert "no places with tags" in answer.text
    in_spanish = admin.get(f"/console/schools/{staffed.other_school}/tags.pdf?lang=es").text
    assert "No hay lugares con etiquetas" in in_spanish
    assert "no places with tags" not in in_spanish
    assert audited(staffed, "tags-shown") == []
    for nowhere in ("schools", "places"):
        assert admin.get(f"/console/{nowhere}/nowhere/print").status_code == 404
        assert admin.get(f"/console/{nowhere}/nowhere/tags.pdf").status_code == 404
