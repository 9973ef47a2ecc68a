"""A form that asks page by page: which pages there are now, and which one is open."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from app.form_json import UNSEEN

if TYPE_CHECKING:
    from app.forms import Field
    from views.filling import Filling


@dataclass(frozen=True, slots=True)
class Page:
    """A question, a repeat, or a group with the appearance `field-list`; `group` is the group around it, if any."""

    field: "Field"
    group: "Field | None" = None


@dataclass(frozen=True, slots=True)
class Pages:
    """The pages that have something to ask now. There is always one that is open, unless there is none at all."""

    pages: tuple[Page, ...]
    at: int

    @property
    def open(self) -> Page | None:
        """The page on the screen."""
        return self.pages[self.at] if self.pages else None

    @property
    def first(self) -> bool:
        """Whether nothing comes before it."""
        return self.at == 0

    @property
    def last(self) -> bool:
        """Whether nothing comes after it."""
        return self.at + 1 >= len(self.pages)

    def beside(self, by: int) -> str:
        """The name of the page that comes so many after the open one."""
        return self.pages[min(max(self.at + by, 0), len(self.pages) - 1)].field.name


def pages_of(filling: "Filling") -> Pages | None:
    """The pages of a draft; None where its form is one long page to scroll."""
    if not filling.form.paged:
        return None
    shown = filling.asked.shown
    pages = tuple(page for page in _split(filling.form.fields) if _asks(page.field, shown))
    at = next((at for at, page in enumerate(pages) if page.field.name == filling.page), 0)
    return Pages(pages, at)


def page_with(filling: "Filling", address: str) -> str:
    """The name of the page on which this question stands."""
    names = {page.field.name for page in _split(filling.form.fields)}
    name = address.partition("/")[0]
    while name and name not in names:
        name = filling.form.plan.parents[name]
    return name


def on_page(filling: "Filling", page: Page, address: str) -> bool:
    """Whether the question stands on this page."""
    return page_with(filling, address) == page.field.name


def _split(fields: "tuple[Field, ...]", group: "Field | None" = None) -> Iterator[Page]:
    for field in fields:
        if field.type == "group" and "field-list" not in field.appearances:
            yield from _split(field.fields, field if field.labels else group)
        elif field.type not in UNSEEN:
            yield Page(field, group)


def _asks(field: "Field", shown: frozenset[str]) -> bool:
    """Whether there is anything of it to draw."""
    if field.name not in shown or field.type in UNSEEN:
        return False
    return field.type != "group" or any(_asks(one, shown) for one in field.fields)
