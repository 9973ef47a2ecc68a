import pytest
from hypothesis import given
from hypothesis import strategies as st

from app import tags

DISTRICT = "https://beatbook.example.org"
codes = st.text(tags.ALPHABET, min_size=2, max_size=30)


def test_codes_hold_nothing_that_can_be_mistaken() -> None:
    assert len(tags.ALPHABET) == len(set(tags.ALPHABET)) == 32
    assert not set("01OI") & set(tags.ALPHABET)
    assert set("".join(tags.new_code(200) for _ in range(20))) == set(tags.ALPHABET)


def test_new_codes_have_their_length_and_never_repeat() -> None:
    makers = {tags.new_tag_code: 16, tags.new_short_code: 8, tags.new_enrol_code: 11, tags.new_slug: 8}
    for make, length in makers.items():
        made = {make() for _ in range(200)}
        assert len(made) == 200
        assert {len(code) for code in made} == {length}
    assert tags.is_checked(tags.new_short_code())
    assert tags.is_checked(tags.new_enrol_code())


@given(codes, st.data())
def test_one_wrong_character_is_always_found(body: str, data: st.DataObject) -> None:
    code = tags.with_check(body)
    place = data.draw(st.integers(0, len(code) - 1))
    other = data.draw(st.sampled_from(tags.ALPHABET.replace(code[place], "")))
    assert tags.is_checked(code)
    assert not tags.is_checked(code[:place] + other + code[place + 1 :])


@given(codes, st.data())
def test_two_swapped_characters_are_always_found(body: str, data: st.DataObject) -> None:
    code = tags.with_check(body)
    one = data.draw(st.integers(0, len(code) - 2))
    two = data.draw(st.integers(one + 1, len(code) - 1))
    swapped = list(code)
    swapped[one], swapped[two] = swapped[two], swapped[one]
    assert tags.is_checked("".join(swapped)) == (code[one] == code[two])


def test_a_character_outside_the_alphabet_has_no_check_character() -> None:
    with pytest.raises(ValueError, match="not found"):
        tags.check_character("ABC0")


def test_codes_are_shown_in_groups_of_four() -> None:
    assert tags.show("ABCDEFGH") == "ABCD-EFGH"
    assert tags.show("ABCDEFGHJKL") == "ABCD-EFGH-JKL"


@given(codes)
def test_a_code_has_one_hash_however_it_is_typed(code: str) -> None:
    hashed = tags.hash_code(code)
    assert len(hashed) == 64
    assert tags.hash_code(tags.show(code)) == hashed
    assert tags.hash_code(f" {tags.show(code).lower()}\n") == hashed
    assert tags.hash_code(code.replace(code[0], "\N{EN DASH}" + code[0])) == hashed


@pytest.mark.parametrize(
    "text",
    [
        "https://beatbook.example.org/t/ABCDEFGHJKLMNPQR",
        "HTTPS://BEATBOOK.EXAMPLE.ORG/T/ABCDEFGHJKLMNPQR",
        "https://beatbook.example.org:443/T/abcdefghjklmnpqr/",
        "  https://beatbook.example.org/app/t/ABCDEFGHJKLMNPQR?lang=es \n",
        "ABCDEFGHJKLMNPQR",
        "abcd-efgh-jklm-npqr",
        "ABCD EFGH JKLM NPQR",
    ],
)
def test_a_tag_is_read_from_link_and_from_typing(text: str) -> None:
    scan = tags.read_scan(text, DISTRICT)
    assert (scan.kind, scan.code) == ("tag", "ABCDEFGHJKLMNPQR")


def test_what_the_district_prints_is_what_the_phone_reads() -> None:
    tag, slug, enrol, short = tags.new_tag_code(), tags.new_slug(), tags.new_enrol_code(), tags.new_short_code()
    for base in (DISTRICT, "http://127.0.0.1:8080", "https://district.example/"):
        assert tags.read_scan(tags.tag_url(base, tag), base).code == tag
        assert tags.read_scan(tags.card_url(base, slug), base).kind == "card"
        assert tags.read_scan(tags.enrol_url(base, enrol), base).code == enrol
        assert tags.read_scan(tags.show(short), base) == tags.Scan("short", short)
        assert tags.read_scan(tags.show(enrol), base) == tags.Scan("enrol", enrol)


def test_another_district_is_named() -> None:
    scan = tags.read_scan("https://other.example:8443/t/ABCDEFGHJKLMNPQR", DISTRICT)
    assert (scan.kind, scan.host) == ("other_district", "other.example:8443")


def test_a_phone_that_belongs_to_nobody_takes_any_district() -> None:
    code = tags.new_enrol_code()
    assert tags.read_scan(f"https://new.example/app/enrol/{code}", "") == tags.Scan("enrol", code, "new.example")


@pytest.mark.parametrize(
    "text",
    [
        "https://beatbook.example.org/t/ABCDEFGHJKLMNPQ",
        "https://beatbook.example.org/t/ABCDEFGHJKLMNPQ0",
        "https://beatbook.example.org/app/enrol/ABCDEFGHJKL",
        "ABCD-EFGH-JKL",
        "ABCDEFGH",
        "ABC0EFGH",
        "ABCDEFG",
    ],
)
def test_a_slip_in_a_code_is_told_from_a_foreign_text(text: str) -> None:
    assert tags.read_scan(text, DISTRICT).kind == "misread"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "   ",
        "hello there",
        "https://[broken/t/ABCDEFGHJKLMNPQR",
        "https://beatbook.example.org:port/t/ABCDEFGHJKLMNPQR",
        "javascript://beatbook.example.org/t/ABCDEFGHJKLMNPQR",
        "A" * 5000,
    ],
)
def test_anything_else_is_other(text: str) -> None:
    assert tags.read_scan(text, DISTRICT).kind == "other"


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("BEGIN:VCARD\r\nVERSION:3.0\r\nEND:VCARD", "vcard"),
        (" mecard:N:Ruiz;;", "vcard"),
        ("WIFI:T:WPA;S=x;;", "wifi"),
        ("upi://pay?pa=someone@bank", "payment"),
        ("bitcoin:175tWpb8K1S7NmH4Zx6rewF9WQrcZv245W?amount=1", "payment"),
        ("00020101021226590014br.gov.bcb.pix", "payment"),
        ("BCD\n002\n1\nSCT\nBANK", "payment"),
        ("https://example.com/menu", "link"),
        ("https://example.com/t/short", "link"),
        ("https://beatbook.example.org/", "link"),
        ("BEGIN:VEVENT\nSUMMARY:Fair", "event"),
        ("tel:+19185550100", "call"),
        ("mailto:a@example.org", "message"),
        ("smsto:+1918:hello", "message"),
        ("geo:36.1,-95.9", "map"),
        ("otpauth://totp/a?secret=ABC", "secret"),
    ],
)
def test_what_other_peoples_codes_are_for_is_named(text: str, kind: str) -> None:
    assert tags.read_scan(text, DISTRICT).kind == kind


@given(st.text())
def test_no_text_is_too_odd_to_be_read(text: str) -> None:
    assert tags.read_scan(text, DISTRICT).kind in tags.Kind.__args__  # type: ignore[attr-defined]
