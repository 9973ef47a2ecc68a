import ast
import html.parser
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
import vobject  # type: ignore[import-untyped]  # the library ships no type hints
import zxingcpp
from PIL import Image
from sqlalchemy import update

from app import tags
from app.ids import sha256
from server import district, places
from server.blobs import Blobs
from server.public import page, pages
from server.public.translated import OPTIONAL
from server.tables import District, Officer, Place, School
from server.vcards import dialled
from server.words import FOLDER, Words, choose, languages
from tests.server import hostile
from tests.server.conftest import BASE_URL, Home
from tests.server.noted import by_hand

PAGE_LIMIT = 14_000
REFUSED = "refused."  # what DistrictError says in English by itself


@pytest.fixture
def card(home: Home) -> str:
    """Officer Rivera's card."""
    with home.database.writing() as session:
        officer = session.get_one(Officer, home.officer)
        officer.phone, officer.languages = "(918) 555-0101", ["English", "Español"]
        return district.add_card(session, officer=home.officer, notes="Mon to Fri, front office").slug


@pytest.fixture
def every_page(home: Home, card: str) -> list[tuple[str, int]]:
    """An address and a status for every kind of page."""
    with home.database.writing() as session:
        retired = home.tag
        tag = places.new_tag(session, home.place).code
        gone = district.add_card(session, officer=home.both)
        gone.active = False
        post = district.add_card(session, school=home.other_school).slug
    return [
        ("/", 200),
        (f"/t/{tag}", 200),
        (f"/t/{retired}", 410),
        ("/t/NOSUCHCODE", 404),
        (f"/c/{card}", 200),
        (f"/c/{post}", 200),
        (f"/c/{gone.slug}", 410),
        ("/c/NOSUCH", 404),
        ("/nothing/here", 404),
    ]


class Reader(html.parser.HTMLParser):
    """Collects what a page consists of, and which tags were never closed."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in ("meta", "link", "img", "br", "input"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)

    def all(self, tag: str) -> list[dict[str, str | None]]:
        return [attributes for name, attributes in self.tags if name == tag]


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_page_is_small_plain_and_says_whom_to_call(
    client: httpx.Client, every_page: list[tuple[str, int]], language: str
) -> None:
    notice = {"en": "Not watched 24 hours", "es": "No se atiende las 24 horas"}[language]
    for path, status in every_page:
        answer = client.get(path, params={"lang": language})
        page = Reader(answer.text)
        assert answer.status_code == status, path
        assert len(answer.content) < PAGE_LIMIT, path
        assert "<script" not in answer.text
        assert "set-cookie" not in answer.headers
        assert notice in answer.text
        links = {link.get("href") for link in page.all("a")}
        assert {"tel:911", "tel:988", "sms:988", "https://988lifeline.org/chat/"} <= links, path
        # For screen readers: language, landmarks, one heading of the first rank, a word for every picture and code.
        assert page.all("html")[0]["lang"] == language
        assert [len(page.all(tag)) for tag in ("h1", "main", "header", "footer")] == [1, 1, 1, 1]
        assert all(image.get("alt") for image in page.all("img"))
        assert all(svg.get("aria-hidden") or svg.get("aria-label") for svg in page.all("svg"))
        assert not page.open
        assert not page.wrong


def test_the_fullest_card_is_small_too(home: Home, client: httpx.Client) -> None:
    long = "Ñ" * 80
    with home.database.writing() as session:
        session.execute(update(District).values(name=long, non_emergency="(918) 555-0199", tip_line="https://" + long))
        schools = [district.add_school(session, f"{long} {number}").id for number in range(6)]
        officer = district.add_officer(
            session, long, "900", schools, title=long, email=f"{'x' * 60}@example.org", phone="(918) 555-0101"
        )
        officer.languages = [long[:40]] * 6
        slug = district.add_card(session, officer=officer.id, notes="ñ" * 1000).slug
    answer = client.get(f"/c/{slug}", params={"lang": "es"})
    assert answer.status_code == 200
    assert len(answer.content) < PAGE_LIMIT


def test_pages_let_no_script_frame_or_other_host_in(client: httpx.Client, every_page: list[tuple[str, int]]) -> None:
    for path, _ in every_page:
        headers = client.get(path).headers
        policy = headers["content-security-policy"]
        assert policy.startswith("default-src 'none'; style-src 'sha256-")
        assert "unsafe" not in policy
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["x-content-type-options"] == "nosniff"


def test_the_style_in_a_page_is_the_one_that_its_policy_allows(client: httpx.Client) -> None:
    answer = client.get("/")
    style = re.search(r"<style>(.*)</style>", answer.text, re.DOTALL)
    assert style
    import base64
    import hashlib

    digest = base64.b64encode(hashlib.sha256(style[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in answer.headers["content-security-policy"]


def test_a_page_may_be_kept_for_minutes_and_a_no_not_at_all(client: httpx.Client, home: Home) -> None:
    assert client.get(f"/t/{home.tag}").headers["cache-control"] == "public, max-age=300"
    assert client.get("/t/NOSUCHCODE").headers["cache-control"] == "no-store"
    assert "accept-language" in client.get("/").headers["vary"].lower()


def test_head_answers_like_get_without_a_body(
    client: httpx.Client, every_page: list[tuple[str, int]], card: str
) -> None:
    more = [("/robots.txt", 200), (f"/c/{card}.vcf", 200), (f"/c/{card}/link.svg", 200), (f"/c/{card}.jpg", 404)]
    for path, status in [*every_page[:-1], *more]:
        answer = client.head(path)
        assert (answer.status_code, answer.content) == (status, b""), path


@pytest.mark.parametrize(
    ("asked", "accepted", "chosen"),
    [
        ("es", "en-US", "es"),
        (None, "es-MX,es;q=0.9,en;q=0.5", "es"),
        (None, "fr-FR, es;q=0.2, en;q=0.1", "es"),
        (None, "en;q=0.3, es;q=0", "en"),
        (None, "zz", "en"),
        ("xx", "es", "es"),
        (None, ";;q=,,q=x", "en"),
        (None, None, "en"),
    ],
)
def test_the_language_is_the_one_asked_for_else_the_browsers(
    asked: str | None, accepted: str | None, chosen: str
) -> None:
    assert choose("public", asked, accepted) == chosen


@pytest.mark.parametrize("part", ["public", "console"])
def test_every_language_says_the_same_things(part: str) -> None:
    texts = {
        language: {key: text for key, text in _said(part, language).items() if not key.startswith((*OPTIONAL, REFUSED))}
        for language in languages(part)
    }
    assert set(texts) >= {"en", "es"}
    for language, said in texts.items():
        assert said.keys() == texts["en"].keys(), language
        for key, text in said.items():
            places = sorted(re.findall(r"\{\w+\}", text))
            assert places == sorted(re.findall(r"\{\w+\}", texts["en"][key])), f"{language} {key}"


def test_every_refusal_that_has_a_key_is_said_in_every_language_and_no_other_one() -> None:
    given = {key for path in Path(district.__file__).parent.rglob("*.py") for key in _keys(ast.parse(path.read_text()))}
    for language in languages("console"):
        if language != "en":
            assert given == {key.removeprefix(REFUSED) for key in _said("console", language) if key.startswith(REFUSED)}


def _keys(source: ast.Module) -> Iterator[str]:
    """The keys that are given with refusals in this source: of each call the argument after the sentence."""
    at = {"DistrictError": 1, "PasswordError": 1, "_alone": 2, "_room_for": 3}
    for call in (node for node in ast.walk(source) if isinstance(node, ast.Call)):
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        key = call.args[at[name]] if name in at and len(call.args) > at[name] else None
        if isinstance(key, ast.Constant):
            yield str(key.value)


def _said(part: str, language: str) -> dict[str, str]:
    said: dict[str, str] = json.loads((FOLDER / f"{part}.{language}.json").read_text("utf-8"))
    return said


def test_a_tag_says_where_it_hangs_and_nothing_else(home: Home, client: httpx.Client) -> None:
    with home.database.writing() as session:
        by_hand(session)
        session.get_one(Place, home.place).instructions = "The key is under the mat"
    for path in (f"/t/{home.tag}", f"/T/{home.tag}", f"/t/{home.tag.lower()}"):
        page = client.get(path)
        assert page.status_code == 200
        assert "Door 7" in page.text
        assert "North Middle School" in page.text
        assert f'href="/app/t/{home.tag}"' in page.text
        assert "under the mat" not in page.text
        assert "Rivera" not in page.text
        assert home.short not in page.text


def test_a_tags_address_that_was_copied_with_spaces_or_dashes_leads_to_it_too(home: Home, client: httpx.Client) -> None:
    for copied in (f"%20{home.tag}%20", tags.show(home.tag), tags.show(home.tag.lower())):
        assert "Door 7" in client.get(f"/t/{copied}").text


def test_the_short_code_opens_no_page(home: Home, client: httpx.Client) -> None:
    assert client.get(f"/t/{home.short}").status_code == 404


@pytest.mark.parametrize("kind", [Place, School])
def test_the_tag_of_what_is_retired_promises_no_newer_code_and_takes_no_report(
    home: Home, client: httpx.Client, kind: type[Place | School]
) -> None:
    with home.database.writing() as session:
        by_hand(session)
        what = session.get_one(Place, home.place) if kind is Place else session.get_one(School, home.school)
        what.active = False
    for path in (f"/t/{home.tag}", f"/t/{home.tag}/report"):
        page = client.get(path)
        assert page.status_code == 410
        assert "not checked any more" in page.text
        assert "Door 7" in page.text
        assert "newer code" not in page.text
    assert "ya no se revisa" in client.get(f"/t/{home.tag}?lang=es").text


def test_a_replaced_tag_says_so_and_names_its_place(home: Home, client: httpx.Client) -> None:
    with home.database.writing() as session:
        places.new_tag(session, home.place)
    page = client.get(f"/t/{home.tag}")
    assert page.status_code == 410
    assert "replaced" in page.text
    assert "Door 7" in page.text


def test_a_tag_of_a_place_that_is_no_longer_used_is_a_replaced_one(home: Home, client: httpx.Client) -> None:
    with home.database.writing() as session:
        by_hand(session)
        session.get_one(Place, home.place).active = False
    assert client.get(f"/t/{home.tag}").status_code == 410


@pytest.mark.parametrize(
    "path", ["/t/%00", "/t/" + "A" * 3000, "/c/%F0%9F%9A%93", "/c/..%2f..%2fetc", "/c/x/y.z", "/t/"]
)
def test_nonsense_gets_a_page_with_words(client: httpx.Client, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert "tel:911" in answer.text


def test_a_page_that_fails_inside_says_so_in_words(
    home: Home, client: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr(places, "tag_by_code", broken)
    answer = client.get(f"/t/{home.tag}")
    assert answer.status_code == 500
    assert "secret detail" not in answer.text
    assert "tel:911" in answer.text
    monkeypatch.setattr(page, "_message", broken)
    assert "911" in client.get(f"/t/{home.tag}").text


def test_robots_may_read_public_pages_only(client: httpx.Client) -> None:
    lines = client.get("/robots.txt").text.splitlines()
    assert {"Disallow: /api/", "Disallow: /app/", "Disallow: /console/"} <= set(lines)
    assert "Disallow: /" not in lines


def test_a_card_has_everything_to_tap(client: httpx.Client, card: str) -> None:
    page = client.get(f"/c/{card}")
    for link in ("tel:+19185550101", "sms:+19185550101", "mailto:rivera@example.org", f"/c/{card}.vcf"):
        assert f'href="{link}"' in page.text
    for text in ("Ana Rivera", "School Resource Officer", "North Middle School", "Español", "Mon to Fri, front office"):
        assert text in page.text
    assert "South High School" not in page.text
    assert client.get(f"/C/{card.lower()}").status_code == 200


def test_an_officer_without_a_phone_is_reached_by_the_programmes_line_which_reads_no_texts(
    home: Home, client: httpx.Client
) -> None:
    with home.database.writing() as session:
        slug = district.add_card(session, officer=home.both).slug
    page = client.get(f"/c/{slug}").text
    assert "tel:+19182458777" in page
    assert "sms:+1918" not in page


def test_the_saved_contact_says_what_the_page_says(client: httpx.Client, card: str) -> None:
    answer = client.get(f"/c/{card}.vcf")
    assert answer.headers["content-type"] == "text/vcard; charset=utf-8"
    contact = vobject.readOne(answer.text)
    assert contact.fn.value == "Ana Rivera"
    assert contact.tel.value == dialled("(918) 555-0101")
    assert contact.url.value == f"{BASE_URL}/c/{card}"
    assert "Not watched 24 hours" in contact.note.value


def test_a_cards_codes_hold_its_address_and_its_contact(client: httpx.Client, card: str) -> None:
    expected = {"link": f"{BASE_URL}/c/{card}".upper(), "contact": client.get(f"/c/{card}.vcf").text}
    for what, text in expected.items():
        answer = client.get(f"/c/{card}/{what}.png")
        assert answer.headers["content-type"] == "image/png"
        found = zxingcpp.read_barcodes(Image.open(io.BytesIO(answer.content)).convert("L"))
        assert found[0].bytes.decode() == text
        assert client.get(f"/c/{card}/{what}.svg").headers["content-type"] == "image/svg+xml"
    assert tags.read_scan(expected["link"], BASE_URL) == tags.Scan("card", card, "beatbook.example")


def test_a_photo_is_small_and_carries_nothing_that_the_camera_wrote(
    home: Home, client: httpx.Client, card: str
) -> None:
    camera = io.BytesIO()
    exif = Image.Exif()
    exif[0x0110], exif[0x0112] = "Model that nobody should know", 6
    Image.new("RGB", (1600, 1200), "navy").save(camera, "JPEG", exif=exif)
    data = camera.getvalue()
    blobs: Blobs = home.app.state.blobs
    with blobs.receive() as incoming:
        incoming.write(data)
        incoming.keep(sha256(data))
    with home.database.writing() as session:
        by_hand(session)
        session.get_one(Officer, home.officer).photo = sha256(data)
    assert f'src="/c/{card}.jpg"' in client.get(f"/c/{card}").text
    answer = client.get(f"/c/{card}.jpg")
    picture = Image.open(io.BytesIO(answer.content))
    assert answer.headers["content-type"] == "image/jpeg"
    assert picture.size == (pages.PHOTO_PX, pages.PHOTO_PX)
    assert len(answer.content) < 14_000
    assert not picture.getexif()
    assert b"nobody should know" not in answer.content


def test_a_posts_card_follows_whoever_holds_the_post(home: Home, client: httpx.Client) -> None:
    with home.database.writing() as session:
        slug = district.add_card(session, school=home.other_school).slug
    assert "Lee Ng" in client.get(f"/c/{slug}").text
    with home.database.writing() as session:
        district.set_schools(session, home.both, [home.school])
        district.set_schools(session, home.officer, [home.other_school])
    assert "Ana Rivera" in client.get(f"/c/{slug}").text
    with home.database.writing() as session:
        district.set_schools(session, home.officer, [])
    vacant = client.get(f"/c/{slug}")
    assert vacant.status_code == 200
    assert vacant.text.count("South High School") == 2, "in the description and once on the page"
    assert "(918) 245-8777" in vacant.text
    with home.database.writing() as session:
        by_hand(session)
        session.get_one(School, home.other_school).active = False
    assert client.get(f"/c/{slug}").status_code == 410


def test_the_card_of_an_officer_who_left_says_whom_to_call(home: Home, client: httpx.Client, card: str) -> None:
    with home.database.writing() as session:
        district.deactivate_officer(session, home.officer)
    for path in (f"/c/{card}", f"/c/{card}.vcf", f"/c/{card}.jpg", f"/c/{card}/link.svg"):
        answer = client.get(path)
        assert answer.status_code == 410
        assert "Rivera" not in answer.text
        assert "(918) 245-8777" in answer.text


def test_nothing_stored_can_break_out_of_a_page(home: Home, client: httpx.Client) -> None:
    made = hostile.make(home)
    paths = ["/", f"/t/{made.tag}", f"/c/{made.card}", f"/c/{made.post}", "/c/NOSUCH"]
    with home.database.writing() as session:
        places.new_tag(session, made.place)
    for path in [*paths, f"/t/{made.tag}"]:
        page = client.get(path)
        assert hostile.clean(page.text), path
        assert "x666" in page.text, f"{path} shows the payload as text"
        assert not Reader(page.text).wrong, path
    assert hostile.clean(client.get(f"/c/{made.card}/contact.svg").text)
    assert len([line for line in client.get(f"/c/{made.card}.vcf").text.split("\r\n") if line.startswith("TEL")]) == 1


def test_the_words_of_the_help_are_nobodys_setting() -> None:
    for language in languages("public"):
        words = Words.load("public", language)
        assert words("help.title")
        assert words("help.not_watched")
