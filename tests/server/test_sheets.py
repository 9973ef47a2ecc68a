"""Everything printed is looked at as a printer shows it, and every code on it is read again by two decoders."""

import random

import pytest
from PIL import Image
from sqlalchemy.orm import Session

from app.tags import card_url, show, tag_url
from server import district, places, sheets
from server.cards import CardFacts, card_facts
from server.district import DistrictError
from server.pdf import PAPERS, SIZES, SMALLEST_MODULE, Box, Pages, Paper, Text, fit, wide
from server.sheets import CARD_KINDS, TAG_KINDS, CardKind, TagKind, card_sheets, natural, tag_sheets
from server.tables import Officer, Place
from tests.server.conftest import BASE_URL, Home
from tests.server.noted import by_hand
from tests.server.printed import (
    COPIER,
    DPI,
    MARGIN,
    Printed,
    blurred,
    codes_on,
    covered,
    letters_on,
    pages,
    shrunk,
    turned,
    words_on,
)
from tests.server.test_codes import Decode, with_zbar, with_zxing

__all__ = ["with_zbar"]

LONG = "The emergency exit at the end of the long hall behind the old boiler room, north"
HOST = "https://beatbook.sandsprings.example.org"
# What cannot be cut short: one word, no space to break at.
WORD = "Straßenbahnhaltestellenüberdachungskonstruktion" * 2


@pytest.fixture(autouse=True)
def the_same_codes_every_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a decoder just reads today it must not just miss tomorrow."""
    monkeypatch.setattr("app.tags.secrets.choice", random.Random(6).choice)  # noqa: S311  no secret


@pytest.fixture
def walk(home: Home) -> list[str]:
    """Eight places at a school; the codes of their tags as somebody walks past them."""
    with home.database.writing() as session:
        for building, floor, name in (
            ("Main", "2", "Door 1"),
            ("Main", "1", "Door 10"),
            ("Main", "1", "Door 2"),
            ("Main", "10", LONG),
            ("Áuditorium", "", "Stage"),
            ("gym", "", "Door 70"),
            ("", "", "Front gate"),
        ):
            places.add_place(session, home.school, name, building=building, floor=floor)
        ids = {place.name: place.id for place in places.places(session, school=home.school)}
        tags = {tag.place: tag.code for tag in places.tags(session, active=True)}
        order = ["Front gate", "Stage", "Door 7", "Door 70", "Door 2", "Door 10", "Door 1", LONG]
        return [tags[ids[name]] for name in order]


def an_officer(session: Session, home: Home, *, long: bool = False) -> CardFacts:
    """The card of an officer with everything on it."""
    name = ("María José " + "Ñúñez-O'Brien, " * 6)[:79] + "r" if long else "Ana Rivera-Soto"
    title = "School Resource Officer for the Northern Schools; Days and Nights" if long else "School Resource Officer"
    email = "maria-jose.nunez-o-brien@policedepartment.example.org" if long else "ana.rivera@example.org"
    phone = "(918) 555-0101 ext 12" if long else "(918) 555-0101"
    schools = [home.school, home.other_school] if long else [home.school]
    officer = district.add_officer(session, name, "900", schools, title=title, email=email, phone=phone)
    facts = card_facts(session, district.add_card(session, officer=officer.id), HOST)
    assert facts
    return facts


def check(code: Printed, with_zbar: Decode) -> None:
    """The code keeps its size and its margin, and two decoders read it, whatever happens to it."""
    assert code.millimetres >= SMALLEST_MODULE - 0.01, f"a module is {code.millimetres} mm"
    assert code.margin_is_white, "four modules around the code are white"
    picture, module = code.picture, code.module
    edge = MARGIN * module
    changed = {
        "as it is": picture,
        "turned": turned(picture),
        "shrunk": shrunk(picture),
        "blurred": blurred(picture, module),
        "covered": covered(picture, edge),
        "covered on the right": covered(picture, edge, low=True),
    }
    for name, one in changed.items():
        assert with_zxing(one) == code.text, name
        assert with_zbar(one) == code.text, name


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("kind", TAG_KINDS)
def test_every_printed_tag_is_read_by_two_decoders_whatever_happens_to_it(
    home: Home, walk: list[str], with_zbar: Decode, kind: TagKind, paper: Paper
) -> None:
    with home.database.reading() as session:
        made = tag_sheets(session, HOST, kind, paper)
    assert (made.count, made.pages, made.missing) == (8, 2 if kind == "labels" else 8, "")
    found = [code for page in pages(made.pdf) for code in codes_on(page)]
    assert [code.text for code in found] == [tag_url(HOST, code) for code in walk], "in the order of a walk"
    assert {code.level for code in found} == {"Q"}
    for code in found[:1] + found[-1:]:
        check(code, with_zbar)
        assert code.modules == 33, "version 4"
    for code in found[1:-1]:
        assert with_zbar(code.picture) == code.text


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize("kind", CARD_KINDS)
@pytest.mark.parametrize("long", [False, True], ids=["usual", "longest"])
def test_both_codes_of_a_printed_card_are_read_by_two_decoders_whatever_happens_to_them(
    home: Home, with_zbar: Decode, kind: CardKind, paper: Paper, long: bool
) -> None:
    with home.database.writing() as session:
        facts = an_officer(session, home, long=long)
    made = card_sheets([facts], kind, paper)
    [page] = pages(made.pdf)
    found = codes_on(page)
    contact = facts.vcard if kind == "posters" else facts.mecard
    assert {code.text for code in found} == {contact, card_url(HOST, facts.slug).upper()}
    assert [code.level for code in found] == (["M", "Q"] if long and kind == "badges" else ["Q", "Q"])
    for code in found:
        check(code, with_zbar)


def test_a_coarse_copy_of_every_kind_can_be_read(home: Home, with_zbar: Decode) -> None:
    with home.database.writing() as session:
        facts = an_officer(session, home, long=True)
        made = [tag_sheets(session, HOST, kind, "letter") for kind in TAG_KINDS]
    made += [card_sheets([facts], kind, "letter") for kind in CARD_KINDS]
    for page in [page for one in made for page in pages(one.pdf, COPIER)]:
        found = codes_on(page, COPIER)
        assert found
        for code in found:
            assert with_zbar(code.picture) == code.text


@pytest.mark.parametrize("kind", TAG_KINDS)
def test_a_tag_says_what_it_is_for_in_both_languages(home: Home, kind: TagKind) -> None:
    with home.database.reading() as session:
        [said] = words_on(tag_sheets(session, BASE_URL, kind, "letter").pdf)
    for text in (
        *("Door 7", "North Middle School", "Gym", show(home.short), "Emergency: 911", "Emergencia: 911"),
        *("Officers check this place.", "Los oficiales revisan este lugar.", "Code to type", "Código para escribir"),
    ):
        assert text in said
    assert said.count("(918) 245-8777") == 2, "in one piece"


@pytest.mark.parametrize("kind", CARD_KINDS)
@pytest.mark.parametrize("post", [False, True], ids=["officer", "post"])
def test_a_card_says_who_it_is_and_that_nobody_watches(home: Home, kind: CardKind, post: bool) -> None:
    with home.database.writing() as session:
        card = district.add_card(session, **({"school": home.school} if post else {"officer": home.officer}))
        facts = card_facts(session, card, BASE_URL)
        assert facts
    [said] = words_on(card_sheets([facts], kind, "a4").pdf)
    for text in (
        *("Ana Rivera", "School Resource Officer", "North Middle School", "(918) 245-8777", facts.url),
        *("Save this contact", "Guarde este contacto", "911", "988"),
        *("Not watched 24 hours", "No se atiende las 24 horas"),
    ):
        assert text in said
    assert ("This school's officer" in said) == post


def test_a_poster_is_read_from_afar(home: Home) -> None:
    with home.database.writing() as session:
        facts = an_officer(session, home, long=True)
    for paper in PAPERS:
        sizes = letters_on(card_sheets([facts], "posters", paper).pdf)
        for text in (facts.name.split()[0], facts.title.split()[-1], facts.phone.split()[0]):
            assert sizes[text] >= 18, text


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.usefixtures("walk")
def test_a_page_has_the_size_of_its_paper_and_nothing_is_printed_at_its_edge(home: Home, paper: Paper) -> None:
    with home.database.writing() as session:
        cards = [an_officer(session, home, long=True)] * 4
        made = [tag_sheets(session, HOST, kind, paper).pdf for kind in TAG_KINDS]
        made += [card_sheets(cards, kind, paper).pdf for kind in CARD_KINDS]
    for page in [page for one in made for page in pages(one, 72)]:
        assert list(page.size) == pytest.approx([side / 25.4 * 72 for side in SIZES[paper]], abs=1)
        edge = 5 / 25.4 * 72  # what a printer cannot reach
        inside = (edge, edge, page.width - edge, page.height - edge)
        black = page.point(lambda value: 255 - value).getbbox()
        assert black
        assert inside[0] <= black[0]
        assert inside[1] <= black[1]
        assert black[2] <= inside[2]
        assert black[3] <= inside[3]


@pytest.mark.usefixtures("walk")
def test_labels_and_badges_have_marks_where_to_cut(home: Home) -> None:
    with home.database.writing() as session:
        labels = pages(tag_sheets(session, HOST, "labels", "a4").pdf)[0]
        badges = pages(card_sheets([an_officer(session, home)], "badges", "a4").pdf)[0]

    def dark(page: Image.Image, x: float, y: float) -> bool:
        at = [round(side / 25.4 * DPI) for side in (x, y)]
        near = page.crop((at[0] - 3, at[1] - 3, at[0] + 4, at[1] + 4))
        return min(near.tobytes()) < 128

    left, top = (210 - 2 * 92) / 2, (297 - 3 * 84) / 2
    for column in range(3):
        assert dark(labels, left + column * 92, top - 4)
        assert dark(labels, left + column * 92, 297 - top + 4)
    for row in range(4):
        assert dark(labels, left - 4, top + row * 84)
        assert dark(labels, 210 - left + 4, top + row * 84)
    left, top = (210 - 2 * 85.6) / 2, (297 - 4 * 54 - 3 * 10) / 2
    for x in (left, 210 - left):
        assert dark(badges, x, top - 2)
        assert dark(badges, x, top + 54 + 2)
    fold = [dark(badges, 105, top + 10 + step) for step in range(40)]
    assert any(fold), "dashes where to fold"


@pytest.mark.parametrize("name", [LONG, WORD, "Wz" * 40, "i" * 80], ids=["words", "one word", "wide", "narrow"])
def test_a_long_name_stands_there_whole(home: Home, name: str) -> None:
    with home.database.writing() as session:
        session.get_one(Place, home.place).name = name
        session.get_one(Place, home.place).building = "The main building of the northern campus"
        session.get_one(Officer, home.officer).name = name
        session.flush()
        facts = card_facts(session, district.add_card(session, officer=home.officer), HOST)
        assert facts
        for paper in PAPERS:
            made = [tag_sheets(session, HOST, kind, paper) for kind in TAG_KINDS]
            made += [card_sheets([facts], kind, paper) for kind in CARD_KINDS]
            for one in made:
                assert name.replace(" ", "") in words_on(one.pdf)[0].replace(" ", "")


@pytest.mark.parametrize(
    ("name", "printed", "missing"),
    [
        ("Puerta del gimnasio Ñandú, 2.º piso", "Puerta del gimnasio Ñandú, 2.º piso", ""),
        ("Nguyễn Łukasz Şükrü Ωμέγα Жук", "Nguyễn Łukasz Şükrü Ωμέγα Жук", ""),
        ("N\N{COMBINING TILDE}andu\N{COMBINING ACUTE ACCENT}", "Ñandú", ""),
        ("Gym 👮🏽\N{ZERO WIDTH JOINER}♀️🚪 north", "Gym north", ""),
        ("Door\t7\a", "Door 7", ""),
        ("体育馆 Gym", "??? Gym", "体育馆"),
        ("ﬁre exit", "fire exit", ""),
        ("👮 7", "7", ""),
    ],
)
def test_a_name_in_any_letters_is_printed_as_far_as_there_are_letters(name: str, printed: str, missing: str) -> None:
    drawn = Pages("letter", "Names")
    drawn.turn()
    drawn.text(Box(10, 10, 150, 20), [Text(name, 20)])
    assert words_on(drawn.close()) == [printed]
    assert drawn.missing == set(missing)


@pytest.mark.parametrize(
    ("room", "size"),
    [(Box(10, 10, 60, 20), 20.0), (Box(10, 10, 30, 9), None), (Box(10, 10, 12, 60), 8.0)],
    ids=["enough", "little", "too narrow for the word"],
)
def test_a_text_shrinks_until_it_fits_and_breaks_words_only_at_the_last(room: Box, size: float | None) -> None:
    lines, high = fit([Text("Fire extinguisher", 20, 8)], room)
    assert high <= room.height
    assert all(wide(line.text, line.font, line.size) <= room.width for line in lines)
    assert size in (None, lines[0].size)
    whole = {"Fire extinguisher", "Fire", "extinguisher"}
    assert ({line.text for line in lines} <= whole) == (room.width > 12)


def test_only_tags_in_use_of_places_in_use_are_printed(home: Home, walk: list[str]) -> None:
    with home.database.writing() as session:
        there = places.places(session, school=home.school)
        there[0].active = False
        fresh = places.new_tag(session, there[1].id)
        session.flush()
        made = tag_sheets(session, BASE_URL, "labels", "letter")
    assert made.count == len(walk) - 1
    assert show(fresh.short) in " ".join(words_on(made.pdf))


def test_nothing_to_print_is_said_in_words(home: Home) -> None:
    with home.database.reading() as session, pytest.raises(DistrictError, match="no places with tags"):
        tag_sheets(session, BASE_URL, "labels", "letter", school=home.other_school)
    with pytest.raises(DistrictError, match="no contact cards"):
        card_sheets([], "posters", "letter")


@pytest.mark.parametrize(
    ("length", "words"),
    [
        (500, r"Door 7: its code is too long for labels\. Its dots would be 0\.4\d mm wide, .*shorter address"),
        (4000, r"Door 7: .* too long for any QR code.*BEATBOOK_BASE_URL"),
    ],
)
def test_an_address_too_long_for_its_code_is_refused_in_words(home: Home, length: int, words: str) -> None:
    with home.database.reading() as session, pytest.raises(DistrictError, match=words):
        tag_sheets(session, f"https://{'x' * length}.example", "labels", "letter")


def test_a_contact_too_long_for_a_badge_is_refused_in_words_and_fits_on_a_poster(home: Home) -> None:
    with home.database.writing() as session:
        officer = district.add_officer(session, "Ñ" * 150, "900", [], email="x" * 100 + "@x.org")
        facts = card_facts(session, district.add_card(session, officer=officer.id), BASE_URL)
        assert facts
    with pytest.raises(DistrictError, match=r"too long for badges\. Its dots would be 0\.4.*name, title or e-mail"):
        card_sheets([facts], "badges", "letter")
    assert card_sheets([facts], "posters", "letter").count == 1


@pytest.mark.parametrize(("kind", "length"), [("badges", 120), ("badges", 4000), ("posters", 1200), ("posters", 4000)])
def test_an_address_too_long_for_a_card_is_named_and_not_the_officers_text(
    home: Home, kind: CardKind, length: int
) -> None:
    with home.database.writing() as session:
        card = district.add_card(session, officer=home.officer)
        facts = card_facts(session, card, f"https://{'x' * length}.example")
        assert facts
        with pytest.raises(DistrictError) as refused:
            card_sheets([facts], kind, "letter")
    said = f"Ana Rivera: the district's address (BEATBOOK_BASE_URL) is too long for {kind}. Set a shorter one."
    assert str(refused.value) == said


def test_a_text_that_has_no_room_is_refused_in_words(home: Home) -> None:
    with home.database.writing() as session:
        by_hand(session)
        district.the_district(session).phone = "please call the office " * 40
        with pytest.raises(DistrictError, match="Door 7: its text does not fit on labels"):
            tag_sheets(session, BASE_URL, "labels", "letter")


def test_the_printer_is_told_not_to_change_the_size(home: Home) -> None:
    with home.database.reading() as session:
        made = tag_sheets(session, BASE_URL, "labels", "letter").pdf
        assert made == tag_sheets(session, BASE_URL, "labels", "letter").pdf, "the same tags are the same file"
    assert b"/PrintScaling /None" in made
    assert b"/Helvetica" not in made, "every letter comes with the file"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Door 2", "Door 10"),
        ("door 7", "Door 8"),
        ("Área 1", "Zona 1"),
        ("1st floor", "Basement"),
        ("", "A"),
        ("A1", "A1b"),
    ],
)
def test_names_are_sorted_as_people_sort_them(before: str, after: str) -> None:
    assert sorted([after, before], key=natural) == [before, after]


@pytest.mark.parametrize(
    ("base", "only_here"),
    [("http://127.0.0.1:8080", True), ("http://localhost:8080", True), ("http://[::1]:8080", True), (BASE_URL, False)],
)
def test_an_address_of_this_machine_only_is_known(base: str, only_here: bool) -> None:
    assert sheets.only_here(base) == only_here
