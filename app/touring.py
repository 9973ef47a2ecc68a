"""Going on a tour: what today has of them, beginning one, ending it. Its checks are records like any others.

A run is a draft for as long as it goes on, so that it is there after the app was ended; ending it makes the record.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any, Final

from app.afterwards import NotEnrolled
from app.binding import Binder
from app.drafts import Draft, Drafts
from app.facts import SINCE, Facts
from app.forms import Form
from app.register import Register
from app.revisions import Answers
from app.rows import TourRow
from app.setup import Place, Setup, Tour
from app.store import where
from app.tours import (
    CHECK_FIELDS,
    END_REASON,
    RETIRED,
    Check,
    Occasion,
    is_check,
    is_run,
    occasion,
    occasions,
    progress,
    run_key,
    told,
)

_BEGUN: Final = "tours_begun"  # the tours that somebody is on, as they were when they were begun


class Touring:
    """The part of the notebook that knows tours."""

    _binder: Binder
    _drafts: Drafts
    _facts: Facts

    @contextmanager
    def batch(self) -> Iterator[None]:
        """Everything changed inside is kept as one."""
        raise NotImplementedError
        yield

    @property
    def setup(self) -> Setup | None:
        raise NotImplementedError

    def kinds(self) -> list[Form]:
        raise NotImplementedError

    def start(
        self,
        form: str,
        prefill: Answers | None = None,
        place: str | None = None,
        tag: str | None = None,
        school: str | None = None,
    ) -> Draft:
        raise NotImplementedError

    def answer(self, draft: str, name: str, value: Any) -> None:
        raise NotImplementedError

    def draft_form(self, draft: Draft) -> Form:
        raise NotImplementedError

    def _shown(self) -> Register:
        raise NotImplementedError

    def _now(self) -> str:
        raise NotImplementedError

    def tours(self) -> list[TourRow]:
        """What today has of tours, and of those of earlier days what is under way or was missed; as they begin."""
        setup, now = self.setup, datetime.fromisoformat(self._now())
        if setup is None or not (setup.tours or self._facts.get(_BEGUN)) or not any(map(is_run, self.kinds())):
            return []
        since = {school: datetime.fromisoformat(at) for school, at in self._facts.get(SINCE, {}).items()}
        found = {
            (one.tour.id, one.day): one
            for tour in setup.tours
            for one in occasions(tour, now.date(), known=since.get(tour.school))
        }
        runs = self._runs()
        for tour, day in runs:
            if known := self._known(setup, tour, day):
                found.setdefault((tour, day), occasion(known, day))
        rows = [self._tour_row(setup, one, runs.get(key), now) for key, one in found.items()]
        return sorted(
            (row for row in rows if row.progress.stops and (row.progress.occasion.over > now or row.unfinished)),
            key=lambda row: (row.progress.occasion.opens, row.tour.name, row.tour.id),
        )

    def tour(self, tour: str, day: date) -> TourRow | None:
        """A tour on one of its days; None when the district has no such tour (any more) and nobody is on it."""
        setup = self.setup
        found = self._known(setup, tour, day) if setup else None
        if setup is None or found is None:
            return None
        now = datetime.fromisoformat(self._now())
        return self._tour_row(setup, occasion(found, day), self._runs().get((tour, day)), now)

    def tour_of(self, draft: str) -> TourRow | None:
        """The tour that a draft is the run of; None for any other draft."""
        key = next((key for key, run in self._runs().items() if run.id == draft), None)
        return self.tour(*key) if key else None

    def begin_tour(self, tour: str, day: date) -> Draft:
        """Begins a tour, or goes on with it: checks count from now on. Raises NotEnrolled."""
        with self.batch():
            draft = self._runs().get((tour, day)) or self._begin(tour, day)
            if "started" not in draft.answers:
                self.answer(draft.id, "started", self._now())
        return self._drafts.need(draft.id)

    def end_tour(self, tour: str, day: date) -> Draft:
        """Writes into the run of a tour what is done, late and not checked, as it is now; one that was never begun too.

        Saving the draft ends the tour, as soon as its form asks for nothing more. Where the district has retired it
        meanwhile, that is why. Raises NotEnrolled.
        """
        with self.batch():
            draft = self._runs().get((tour, day)) or self._begin(tour, day)
            row = self.tour(tour, day)
            if row is None:
                raise NotEnrolled
            for name, value in told(row.progress).items():
                self.answer(draft.id, name, None if value == "" else value)
            reason = self.draft_form(draft).field(END_REASON)
            known = reason is not None and RETIRED in reason.choice_names
            if row.retired and row.progress.missing and known and not draft.answers.get(END_REASON):
                self.answer(draft.id, END_REASON, RETIRED)
        return self._drafts.need(draft.id)

    def tour_answers(self, place: Place | None) -> Answers:
        """What a check of this place says of the tour that it is made on: which, in which turn, between which hours.

        Of several under way all are named, with a space between, in the order in which they began.
        """
        said = [
            (row.tour.id, str(turn), f"{row.tour.begins}-{row.tour.ends}")
            for row in self.tours()
            for turn, stop in enumerate(row.progress.stops, start=1)
            if row.begun and not row.over and stop.place == place
        ]
        return {name: " ".join(parts) for name, *parts in zip(CHECK_FIELDS, *said, strict=True)} if said else {}

    def _begin(self, tour: str, day: date) -> Draft:
        setup = self.setup
        found = setup.tour_by_id.get(tour) if setup else None
        form = next(filter(is_run, self.kinds()), None)
        if found is None or form is None:
            raise NotEnrolled
        about = {"tour": tour, "tour_day": day.isoformat(), "tour_name": found.name}
        draft = self.start(form.id, about, school=found.school)
        under_way = {run_key(one, f"{on}") for one, on in self._runs()}
        kept = {key: body for key, body in self._facts.get(_BEGUN, {}).items() if key in under_way}
        self._facts.set(_BEGUN, kept | {run_key(tour, day.isoformat()): found.to_json()})
        return draft

    def _known(self, setup: Setup, tour: str, day: date) -> Tour | None:
        """A tour of the district, or one that it has retired while somebody is on it, as it was then."""
        body = self._facts.get(_BEGUN, {}).get(run_key(tour, day.isoformat()))
        found = setup.tour_by_id.get(tour)
        return Tour.parse(body) if found is None and body and (tour, day) in self._runs() else found

    def _runs(self) -> dict[tuple[str, date], Draft]:
        """The runs that are under way, by tour and day."""
        forms = {form.id for form in self.kinds() if is_run(form)}
        drafts = [draft for draft in self._drafts.shown() if draft.form in forms and not draft.correction]
        return {(one.answers["tour"], date.fromisoformat(one.answers["tour_day"])): one for one in drafts}

    def _tour_row(self, setup: Setup, one: Occasion, run: Draft | None, now: datetime) -> TourRow:
        register, forms = self._shown(), [form.id for form in self.kinds() if is_run(form)]
        query = where("form").one_of(forms) & (where("run") == run_key(one.tour.id, one.day.isoformat()))
        ended = next((row for row in register.kept(query) if "gone" not in row), None)
        started = ended.get("started") if ended else run.answers.get("started") if run else None
        since = datetime.fromisoformat(started) if started else None
        checks = self._checks(since)
        if ended:
            end = datetime.fromisoformat(ended["at"])
            checks = [check for check in checks if check.at <= end]
            now = max(now, (one.last + timedelta(seconds=1)).astimezone(now.tzinfo))
        school = setup.school_by_id.get(one.tour.school)
        return TourRow(
            progress(one, setup.place_by_id, checks, since, now),
            school.name if school else "",
            run.id if run else None,
            since is not None,
            register.line(ended) if ended else None,
            one.tour.id not in setup.tour_by_id,
        )

    def _checks(self, since: datetime | None) -> list[Check]:
        """The officer's own checks since then, as they were first written."""
        if since is None:
            return []
        forms = [form.id for form in self.kinds() if is_check(form)]
        # A day more, because these times are compared as texts whatever their offset.
        first = (since - timedelta(days=1)).isoformat()
        rows = self._shown().kept(where("form").one_of(forms) & (where("updated_at") >= first))
        mine = self._binder.binding.officer if self._binder.binding else ""
        return [
            Check(row["id"], row["place"], datetime.fromisoformat(row["at"]))
            for row in rows
            if row["place"] and row["author"] == mine and "gone" not in row
        ]
