"""Places and their tags: how a tag is found, and what becomes of the one before."""

from app.tags import SHORT_LENGTH, TAG_LENGTH, is_checked, show
from server import places
from tests.server.conftest import Home


def test_a_place_has_a_tag_that_is_found_however_it_is_written(home: Home) -> None:
    with home.database.reading() as session:
        tag = places.active_tag(session, home.place)
        assert tag
        assert (len(tag.code), len(tag.short), tag.version) == (TAG_LENGTH, SHORT_LENGTH, 1)
        assert is_checked(tag.short)
        for text in (tag.code, tag.code.lower(), tag.short, show(tag.short), f" {tag.short.lower()} "):
            assert places.tag_by_code(session, text) is tag
        assert places.tag_by_code(session, "") is None


def test_a_new_tag_retires_the_one_before(home: Home) -> None:
    with home.database.writing() as session:
        made = places.new_tag(session, home.place)
        assert (made.version, made.state) == (2, "active")
        old = places.tag_by_code(session, home.tag)
        assert old
        assert old.state == "retired"
        assert places.active_tag(session, home.place) is made
        assert [tag.version for tag in places.tags(session)] == [2, 1]
        assert places.tags(session, active=True) == [made]
