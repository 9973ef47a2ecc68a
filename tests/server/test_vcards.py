import re

import pytest
import vobject  # type: ignore[import-untyped]  # the library ships no type hints
from hypothesis import given
from hypothesis import strategies as st
from icalendar.parser import Contentlines
from icalendar.prop import vN, vOrg

from server.vcards import NOTICE, Contact, dialled, mecard, split_name, vcard

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

TRICKY = ",;:\\\n\"' ñÉüß👮🏽🚪\N{ZERO WIDTH JOINER}日ﬁ"
texts = st.text(st.characters(exclude_categories=["C"]) | st.sampled_from(TRICKY), max_size=80).map(str.strip)
contacts = st.builds(
    Contact,
    name=texts.filter(bool),
    organization=texts.filter(bool),
    title=texts,
    phone=st.from_regex(r"(\+52 )?\([0-9]{3}\) [0-9]{3}-[0-9]{4}( ext\.? [0-9]{1,4})?", fullmatch=True) | st.just(""),
    email=st.emails() | st.just(""),
    url=st.sampled_from(["", "https://beatbook.example.org/c/ABCDEFGH", "https://x.example:8443/c/A?lang=es&b=%3B"]),
)

Fields = dict[str, str | tuple[str, str]]


def parsed(card: str) -> vobject.base.Component:
    return vobject.readOne(card)


def by_vobject(card: str) -> Fields:
    """What vobject reads."""
    read = parsed(card)
    [organization] = read.org.value
    fields = {name: getattr(read, name).value for name in read.contents if name not in ("n", "org")}
    return fields | {"n": (read.n.value.family, read.n.value.given), "org": organization}


def by_icalendar(card: str) -> Fields:
    """What icalendar reads: calendars are written in the same lines as vCards (RFC 2425)."""
    fields: Fields = {}
    for line in Contentlines.from_ical(card):  # type: ignore[no-untyped-call]  # icalendar's gap
        if not line:
            continue
        name, _, value = line.parts()
        raw = line.partition(":")[2]
        if name == "N":
            read = vN.from_ical(raw)
            assert (read.additional, read.prefix, read.suffix) == ("", "", "")
            fields["n"] = (read.family, read.given)
        elif name == "ORG":
            [fields["org"]] = vOrg.from_ical(raw)
        elif name not in ("BEGIN", "END"):
            assert name.lower() not in fields
            fields[name.lower()] = value
    return fields


READERS = {"vobject": by_vobject, "icalendar": by_icalendar}


def fields_of(contact: Contact) -> Fields:
    """What every reader is to find in a card, and nothing else."""
    given_name, family = split_name(contact.name)
    all_of_them: Fields = {
        "version": "3.0",
        "n": (family, given_name),
        "fn": contact.name,
        "org": contact.organization,
        "title": contact.title,
        "tel": dialled(contact.phone),
        "email": contact.email,
        "url": contact.url,
        "note": NOTICE,
    }
    return {name: value for name, value in all_of_them.items() if value}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("contact", [PLAIN, ODD, LONG], ids=["plain", "odd", "long"])
def test_a_card_reads_back_field_by_field(contact: Contact, reader: str) -> None:
    assert READERS[reader](vcard(contact)) == fields_of(contact)


@pytest.mark.parametrize("reader", READERS)
@given(contact=contacts)
def test_any_contact_reads_back_field_by_field(contact: Contact, reader: str) -> None:
    assert READERS[reader](vcard(contact)) == fields_of(contact)


def mecard_fields(text: str) -> dict[str, list[str]]:
    """What a MECARD says, as NTT DoCoMo wrote it down: a semicolon ends a field, a backslash makes a sign a letter."""
    assert text.startswith("MECARD:")
    assert text.endswith(";;")
    fields: dict[str, list[str]] = {}
    for field in re.findall(r"((?:[^\\;]|\\.)+);", text.removeprefix("MECARD:"), re.DOTALL):
        name, value = field.split(":", 1)
        assert name not in fields
        parts = re.findall(r"(?:[^\\,]|\\.)+", value) if name == "N" else [value]
        fields[name] = [re.sub(r"\\(.)", r"\1", part) for part in parts]
    return fields


@given(contact=contacts)
def test_any_contact_reads_back_from_a_mecard(contact: Contact) -> None:
    read = mecard_fields(mecard(contact))
    given_name, family = split_name(contact.name)
    assert read.pop("N") == [part for part in (family, given_name) if part]
    [note] = read.pop("NOTE")
    assert note == f"{' '.join(contact.organization.split())}. {NOTICE}"
    fields = {"TEL": dialled(contact.phone), "EMAIL": contact.email, "URL": contact.url}
    assert read == {name: [value] for name, value in fields.items() if value}


def test_a_mecard_is_written_as_phones_expect_it() -> None:
    assert mecard(PLAIN) == (
        "MECARD:N:Ruiz,Dana;TEL:+19182458777;EMAIL:dana.ruiz@example.org;URL:https\\://beatbook.example.org/c/ABCDEFGH;"
        "NOTE:Sand Springs Police Department. Emergency\\: 911. Not watched 24 hours. Crisis\\: call or text 988.;;"
    )
    assert len(mecard(PLAIN)) < 0.7 * len(vcard(PLAIN))


def test_nobody_can_put_a_field_of_their_own_into_a_mecard() -> None:
    read = mecard_fields(mecard(Contact("Dana;TEL:666", "x;;MECARD:N:Y", email="a@b;TEL:666", url="https://x\nTEL:6")))
    assert "TEL" not in read
    assert read["N"] == ["Dana;TEL:666"]


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
