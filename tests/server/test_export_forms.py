"""A published form goes back to its author: as a spreadsheet that makes the same form, and as an XForm."""

import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from app.forms import Form
from server.publish.export import xform, xlsx
from server.publish.forms import publish
from tests.app.test_live import FAMILY
from tests.server.test_publish_forms import SETTINGS, table

ASSETS = Path(__file__).parents[2] / "assets" / "forms"

PAPERS = """
| survey |
| | type | name | label::English (en) | label::Español (es) | parameters | appearance |
| | rank mood | order | Order | Orden | | |
| | image | signed | Sign | Firme | | signature |
| | geotrace | path | Path | Camino | | |
| | geoshape | field | Field | Campo | | |
| | file | paper | Paper | Papel | | |
| | audio | said | Said | Dicho | | |
| | text | unit | Unit | Unidad | | remember |
| | audit | audit | | | track-changes=true | |

| choices |
| | list_name | name | label::English (en) | label::Español (es) |
| | mood | calm | Calm | Tranquilo |
| | mood | tense | Tense | Tenso |

| settings |
| | form_title | translated_title::Español (es) | form_id | default_language | record_class | role | goal | icon |
| | Papers | Papeles | papers | English (en) | public | community | collaboration | star |
"""


@pytest.mark.parametrize("path", sorted(ASSETS.glob("*.md")), ids=lambda path: path.stem)
def test_a_form_comes_back_from_its_spreadsheet_the_same(path: Path, tmp_path: Path) -> None:
    form = Form.parse(publish(path))
    (tmp_path / "back.xlsx").write_bytes(xlsx(form))
    assert publish(tmp_path / "back.xlsx") == form.json
    assert ET.fromstring(xform(form)).tag.endswith("html")  # noqa: S314 - our own text


def test_orders_signatures_files_and_the_log_come_back_as_they_were(tmp_path: Path) -> None:
    (tmp_path / "papers.md").write_text(PAPERS, encoding="utf-8")
    form = Form.parse(publish(tmp_path / "papers.md"))
    (tmp_path / "back.xlsx").write_bytes(xlsx(form))
    assert publish(tmp_path / "back.xlsx")["fields"] == form.json["fields"]
    assert "audit" in xform(form)


def test_a_form_that_asks_page_by_page_comes_back_as_one(tmp_path: Path) -> None:
    paged = SETTINGS.replace("| icon |", "| icon | style |").replace("| star |", "| star | pages |")
    (tmp_path / "visit.md").write_text(table("text | q | Q | P", settings=paged), encoding="utf-8")
    form = Form.parse(publish(tmp_path / "visit.md"))
    (tmp_path / "back.xlsx").write_bytes(xlsx(form))
    assert publish(tmp_path / "back.xlsx") == form.json


def test_repeats_paths_and_lookups_come_back_with_the_same_meaning(tmp_path: Path) -> None:
    (tmp_path / "towns.csv").write_text("name,label,people\na,Aville,3\nb,Bville,2\n", encoding="utf-8")
    (tmp_path / "family.md").write_text(FAMILY, encoding="utf-8")
    form = Form.parse(publish(tmp_path / "family.md"))
    (tmp_path / "back.xlsx").write_bytes(xlsx(form))
    back = Form.parse(publish(tmp_path / "back.xlsx"))
    for one in (form, back):
        live = one.live({})
        for address, value in (("n", 2), ("visits/2/minutes", 9), ("town", "a"), ("state", "ok"), ("city", "tulsa")):
            live.set(address, value)
        assert [live.answers[name] for name in ("total", "long", "size", "named", "label", "stamp")] == [
            *("15", "2", "3", "Aville", "Tulsa", "2!")
        ]
        assert [row["so_far"] for row in live.answers["visits"]] == ["3", "12", "12"]
    assert "indexed-repeat(" in xform(form)
