"""One page for asking: shown empty, shown again with what is wrong, or taken."""

from typing import Any, Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.datastructures import FormData

from app.ids import canonical, sha256
from app.requests import NEW, STATUS
from server.brakes import PHOTO, address
from server.html import NO_STORE
from server.public import emergency, pictures, questions, senders
from server.public.doors import Door
from server.public.keeping import keep, known
from server.public.page import Gone, page, words_of
from server.public.questions import Kind
from server.public.tickets import Ticket
from server.tables import now
from server.times import iso

SENT: Final = "1"  # how a receipt's address says that it is one
URGENT: Final = "urgent"
# What a browser says of a form that stood on another website: whoever sent it may not know that they did.
_ELSEWHERE: Final = ("cross-site", "same-site")
TRAP: Final = "website"  # a field that people do not see and programs fill in
OTHER_LANGUAGE: Final = "other_language"  # the buttons that show the form in another language with what was written


class Asking:
    """What one visitor is asked at one door. Raises Gone where the district takes no requests."""

    def __init__(self, request: Request, door: Door, kind: Kind) -> None:
        self._request = request
        self._state = request.app.state
        self._door = door
        with self._state.database.reading() as session:
            form = self._state.forms.in_use(session, questions.FORM)
        if form is None:
            raise Gone("ask_closed", 410)
        self._words = words_of(request)
        self._sheet = questions.sheet(form, kind, self._words)
        self._page = f"{door.path} {kind}"
        self._sender = senders.sender_of(self._state.settings.secret_key(), address(request))

    def show(self, *, ticket: str = "", school: str = "", status: int = 200) -> HTMLResponse:
        """The form, with what was written and what is wrong with it; near a limit with a plain question."""
        asked = None
        if not ticket:
            asked = senders.puzzle() if self._is_near_a_limit() else None
            ticket = self._state.tickets.new(self._page, sum(asked) if asked else None)
        return page(
            self._request,
            "public/request.html",
            alone=True,
            status=status,
            door=self._door,
            sheet=self._sheet,
            school=school,
            ticket=ticket,
            asked=asked,
            trap=TRAP,
            other_language=OTHER_LANGUAGE,
            urgent=emergency.URGENT if self._is_urgent() else "",
        )

    def take(self, posted: FormData) -> Response:
        """Keeps the request and leads to its receipt; the form again, with words, where it cannot be kept.

        Whoever chooses another language gets the form in that one, with what was written; nothing is kept yet.
        Raises Gone for a program and for a blocked sender, Refused where there are far too many.
        """
        if questions.text(posted, TRAP):
            raise Gone("ask_robot", 400)
        self._state.crowd.check(self._sender, self._door.path)
        questions.read(self._sheet, posted)
        if questions.text(posted, OTHER_LANGUAGE):
            if questions.upload(posted):  # no page can put a file into a form again
                self._sheet.problems[questions.PHOTO] = self._words("ask.photo_again")
            return self.show(school=questions.text(posted, "school"))
        school, photo = self._school(posted), self._photo(posted)
        sent = questions.text(posted, "ticket")
        ticket = self._state.tickets.read(sent, self._page)
        record = ticket and ticket.record(canonical([self._sheet.given, school, sha256(photo.data) if photo else ""]))
        if record and (reference := known(self._state, record)):
            return self._receipt(reference)
        self._check_ticket(ticket, questions.text(posted, "sum"))
        answers = self._check(photo, keep_place=bool(questions.text(posted, "keep_place")))
        if self._sheet.problems or not record:
            still_good = ticket and not ticket.sum and not {"ticket", "sum"} & self._sheet.problems.keys()
            return self.show(ticket=sent if still_good else "", school=school, status=422)
        about = {"record": record, "school": school, "sender": self._sender}
        reference = keep(self._state, self._door, self._sheet.form, answers, **about, photo=photo)
        if ticket and ticket.sum:
            self._state.crowd.spend(ticket.id)
        return self._receipt(reference)

    def _check_ticket(self, ticket: Ticket | None, answer: str) -> None:
        """Says where the page is too old or not ours, or its question is not answered."""
        if self._request.headers.get("sec-fetch-site") in _ELSEWHERE:
            self._sheet.problems["ticket"] = self._words("ask.elsewhere")
        elif ticket is None or ticket.expired:
            self._sheet.problems["ticket"] = self._words("ask.again")
        elif self._state.crowd.is_spent(ticket.id) or (not ticket.sum and self._is_near_a_limit()):
            self._sheet.problems["sum"] = self._words("ask.sum_wanted")
        elif not self._state.tickets.is_right(ticket, answer):
            self._sheet.problems["sum"] = self._words("ask.sum_wrong")

    def _check(self, photo: pictures.Taken | None, *, keep_place: bool) -> dict[str, Any]:
        """The answers that are kept; problems are noted."""
        moment = now()
        more: dict[str, Any] = {
            "came_by": self._door.name[:140],
            "language": self._words.language,
            STATUS: NEW,
            "occurred_at": iso(moment),
        }
        if photo:
            more[questions.PHOTO] = {"sha256": sha256(photo.data), "mime": pictures.MIME, "bytes": len(photo.data)}
            if photo.place and keep_place:
                more["gps"] = photo.place
        if self._is_urgent():
            more["urgent"] = "yes"
        return questions.check(self._sheet, more, moment)

    def _school(self, posted: FormData) -> str:
        """The school that it is about; asked only where a card's officer has several."""
        ids = [school.id for school in self._door.schools]
        chosen = ids[0] if len(ids) == 1 else questions.text(posted, "school")
        if chosen in ids:
            return chosen
        self._sheet.problems["school"] = self._words("ask.school_wanted")
        return ""

    def _photo(self, posted: FormData) -> pictures.Taken | None:
        sent = questions.upload(posted)
        if sent is None or not any(one.type == "image" for one in self._sheet.questions):
            return None
        self._state.brakes.count(PHOTO, f"photo {self._sender}")
        try:
            return pictures.take(sent.file.read(pictures.MOST_BYTES + 1))
        except pictures.PictureError as error:
            self._sheet.problems[questions.PHOTO] = self._words(f"ask.photo_{error.reason}")
            return None

    def _receipt(self, reference: str) -> RedirectResponse:
        said = {"sent": URGENT if self._is_urgent() else SENT, "lang": self._words.language}
        return RedirectResponse(f"/r/{reference}?{urlencode(said)}", 303, NO_STORE)

    def _is_urgent(self) -> bool:
        return emergency.sounds_urgent(*questions.words(self._sheet))

    def _is_near_a_limit(self) -> bool:
        near: bool = self._state.crowd.is_near(self._sender, self._door.path)
        return near
