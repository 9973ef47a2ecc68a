import pytest
import vobject  # type: ignore[import-untyped]  # the library ships no type hints
from hypothesis import given
from hypothesis import strategies as st

from server.vcards import NOTICE, Contact, dialled, split_name, vcard

PLAIN = Contact(
    name="Dana Ruiz",
    organization="Sand Springs Police Department",
    title="School Resource Officer",
    phone="(918) 245-8777",
    email="dana.ruiz@example.org",
    url="https://beatbook.example.org/c/ABCDEFGH",
)
ODD = Contact(
    name="María José Ñúñez, Jr.; the 2nd",
    organization="Police; Schools, North\nand South\\West",
    title="Officer, School Resource; Days\nand nights",
    phone="+52 55 1234 5678",
    email="maria,jose@example.org",
    url="https://beatbook.example.org/c/ABCDEFGH?lang=es",
)
LONG = Contact(name="Ñ" * 39 + " " + "👮🏽\N{ZERO WIDTH JOINER}♀️" * 10, organization="x" * 300, title="é" * 80)

texts = st.text(st.characters(exclude_categories=["C"]), max_size=90).map(str.strip)


def parsed(card: str) -> vobject.base.Component:
    return vobject.readOne(card)


@pytest.mark.parametrize("contact", [PLAIN, ODD, LONG], ids=["plain", "odd", "long"])
def test_a_card_reads_back_field_by_field(contact: Contact) -> None:
    card = parsed(vcard(contact))
    given_name, family = split_name(contact.name)
    assert card.version.value == "3.0"
    assert card.fn.value == contact.name
    assert (card.n.value.given, card.n.value.family) == (given_name, family)
    assert card.org.value == [contact.organization]
    assert card.note.value == NOTICE
    assert (card.title.value if contact.title else "") == contact.title
    if contact.phone:
        assert card.tel.value == dialled(contact.phone)
        assert card.email.value == contact.email
        assert card.url.value == contact.url


@given(texts.filter(bool), texts, texts)
def test_any_name_and_title_comes_back_as_it_was(name: str, organization: str, title: str) -> None:
    card = parsed(vcard(Contact(name, organization, title)))
    assert card.fn.value == name
    assert card.org.value == [organization]
    assert getattr(card, "title", None) is None or card.title.value == title


@given(texts, texts)
def test_lines_end_in_crlf_and_are_at_most_75_bytes_long(name: str, organization: str) -> None:
    card = vcard(Contact(name, organization, title=name + organization)).encode()
    lines = card.split(b"\r\n")
    assert lines[-1] == b""
    assert all(len(line) <= 75 for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    for line in lines:
        line.decode()  # no character is cut in two


def test_nobody_can_put_a_line_of_their_own_into_a_card() -> None:
    card = vcard(
        Contact("Dana\r\nTEL:666", "x\nEND:VCARD\nBEGIN:VCARD", email="a@b\r\nTEL:666", url="https://x\nTEL:6")
    )
    assert not [line for line in card.split("\r\n") if line.startswith("TEL")]
    assert card.count("END:VCARD\r\n") == 1


def test_every_card_says_who_watches_and_who_does_not() -> None:
    assert parsed(vcard(Contact("A", "B"))).note.value == (
        "Emergency: 911. Not watched 24 hours. Crisis: call or text 988."
    )


def test_what_is_not_known_is_left_out() -> None:
    card = vcard(Contact("Dana Ruiz", "Police"))
    assert not any(name in card for name in ("TITLE", "TEL", "EMAIL", "URL"))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("(918) 245-8777", "+19182458777"),
        ("918.245.8777", "+19182458777"),
        ("1-918-245-8777", "+19182458777"),
        ("+52 55 1234 5678", "+525512345678"),
        ("911", "911"),
        ("(918) 245-8777 ext. 12", "+19182458777,12"),
        ("245-8777", "2458777"),
        ("ask the office", "ask the office"),
        ("", ""),
    ],
)
def test_a_number_is_dialled_as_it_is_meant(written: str, meant: str) -> None:
    assert dialled(written) == meant
