import pytest

from server import places, tours
from server.tables import Tour
from tests.server.conftest import Home
from tests.server.console.staff import admin_id, audited
from tests.server.visitor import Visitor

TOUR = {"name": "Morning doors", "begins": "07:30", "ends": "08:30", "grace_min": "10", "order": "fixed", "day": "mon"}


def make(home: Home, admin: Visitor) -> str:
    """Makes a tour at the console and gives its address."""
    answer = admin.send(f"/console/schools/{home.school}/tours/new", TOUR)
    return str(answer.headers["location"]).split("?")[0]


def order(home: Home, path: str) -> list[tuple[str, bool]]:
    with home.database.reading() as session:
        return [(place.name, point.required) for point, place in tours.points(session, path.rsplit("/", 1)[1])]


def test_a_tour_is_made_changed_retired_and_restored(staffed: Home, admin: Visitor) -> None:
    path = make(staffed, admin)
    page = admin.get(path).text
    assert 'href="/console/schools" aria-current="page"' in page, "the room that one is in"
    for words in ("Morning doors", "08:30 · Mon", "In this order", "10 minutes", "No places in it yet"):
        assert words in page
    admin.send(f"{path}/edit", {**TOUR, "name": "Evening doors", "begins": "22:00", "ends": "06:00"})
    assert "06:00 · Mon" in admin.get(path).text
    admin.send(f"{path}/retire")
    assert "Retired" in admin.get(f"/console/schools/{staffed.school}").text
    admin.send(f"{path}/restore", page=path)
    assert "Evening doors" in admin.get(f"/console/schools/{staffed.school}").text
    for what in ("tour-added", "tour-changed", "tour-retired", "tour-restored"):
        assert audited(staffed, what)[-1] == (admin_id(staffed), path.rsplit("/", 1)[1]), what


def test_places_are_put_into_a_tour_moved_and_taken_out(staffed: Home, admin: Visitor) -> None:
    with staffed.database.writing() as session:
        gate = places.add_place(session, staffed.school, "Gate").id
        hall = places.add_place(session, staffed.school, "Hall").id
    path = make(staffed, admin)
    for place in (staffed.place, gate):
        admin.send(f"{path}/points", {"place": place}, page=path)
    admin.send(f"{path}/points", {"place": hall, "optional": "yes"}, page=path)
    assert order(staffed, path) == [("Door 7", True), ("Gate", True), ("Hall", False)]
    for place, do in ((gate, "up"), (staffed.place, "down"), (staffed.place, "down"), (gate, "up"), (gate, "optional")):
        admin.send(f"{path}/points/{place}", {"do": do}, page=path)
    assert order(staffed, path) == [("Gate", False), ("Hall", False), ("Door 7", True)]
    admin.send(f"{path}/points/{hall}", {"do": "required"}, page=path)
    admin.send(f"{path}/points/{gate}", {"do": "remove"}, page=path)
    assert order(staffed, path) == [("Hall", True), ("Door 7", True)]
    assert 'value="up"' in admin.get(path).text
    admin.send(f"{path}/edit", TOUR | {"order": "any"})
    assert 'value="up"' not in admin.get(path).text, "what has no order has no turns"
    assert "Gym · Door 7" not in admin.get(path).text, "only what is not in it is offered"


def test_what_is_no_place_of_the_tour_gets_words(staffed: Home, admin: Visitor) -> None:
    with staffed.database.writing() as session:
        elsewhere = places.add_place(session, staffed.other_school, "Far gate").id
    path = make(staffed, admin)
    for place, says in ((elsewhere, "another school"), ("", "Choose a place")):
        answer = admin.send(f"{path}/points", {"place": place}, page=path)
        assert answer.status_code == 422
        assert says in answer.text
    admin.client.headers["Accept-Language"] = "es"
    for place, says in ((elsewhere, "Far gate es de otra escuela"), ("", "Elija un lugar")):
        assert says in admin.send(f"{path}/points", {"place": place}, page=path).text
    assert admin.send(f"{path}/points/{staffed.place}", {"do": "remove"}, page=path).status_code == 422
    for do in ("up", "dance", ""):
        assert admin.send(f"{path}/points/{staffed.place}", {"do": do}, page=path).status_code == 404


@pytest.mark.parametrize("path", ["new", "edit"])
@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": ""}, "empty"),
        ({"name": "<b>Gate</b> round"}, "already"),
        ({"begins": "soon"}, "not a time of the clock"),
        ({"grace_min": "long"}, "grace in minutes is no number"),
        ({"grace_min": "500"}, "from 0 to 240"),
        ({"order": "up"}, "order is one of"),
        ({"day": "x"}, "at least one day"),
    ],
)
def test_a_wrong_tour_gets_words_and_what_was_typed_stays(
    staffed: Home, admin: Visitor, path: str, wrong: dict[str, str], words: str
) -> None:
    with staffed.database.writing() as session:
        tours.add_tour(session, staffed.school, "<b>Gate</b> round", begins="07:00", ends="08:00")
        mine = tours.add_tour(session, staffed.school, "Mine", begins="07:00", ends="08:00").id
    new, edit = f"/console/schools/{staffed.school}/tours/new", f"/console/tours/{mine}/edit"
    answer = admin.send(new if path == "new" else edit, {**TOUR, **wrong})
    assert answer.status_code == 422
    assert words in answer.text
    assert 'value="08:30"' in answer.text
    assert "<b>Gate</b>" not in answer.text
    with staffed.database.reading() as session:
        assert session.get_one(Tour, mine).name == "Mine"


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"name": "<b>Gate</b> round"}, "Ya hay una ronda «&lt;b&gt;Gate&lt;/b&gt; round»"),
        ({"begins": "soon"}, "Empieza a las: escriba una hora del reloj"),
        ({"begins": "08:30"}, "termina a la misma hora"),
        ({"ends": "07:29", "grace_min": "9"}, "más de un día"),
        ({"grace_min": "500"}, "Minutos de tolerancia: debe ser de 0 a 240."),
        ({"day": "x"}, "al menos un día"),
    ],
)
def test_a_wrong_tour_gets_words_in_the_readers_language(
    staffed: Home, admin: Visitor, wrong: dict[str, str], words: str
) -> None:
    with staffed.database.writing() as session:
        tours.add_tour(session, staffed.school, "<b>Gate</b> round", begins="07:00", ends="08:00")
    admin.client.headers["Accept-Language"] = "es"
    answer = admin.send(f"/console/schools/{staffed.school}/tours/new", {**TOUR, **wrong})
    assert answer.status_code == 422
    assert words in answer.text


def test_the_room_speaks_spanish(staffed: Home, admin: Visitor) -> None:
    path = make(staffed, admin)
    page = admin.client.get(path, headers={"Accept-Language": "es"}).text
    assert "lun" in page
    assert "En este orden" in page
