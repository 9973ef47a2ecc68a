"""Plays a schedule and says what is wrong at its end."""

import shutil
import tempfile
from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from sqlalchemy import select

from app.ids import canonical
from app.revisions import Revision
from server.agreement import expected
from server.batch import histories
from server.log import link
from server.tables import Record, StoredRevision
from server.times import iso
from tests.app.simulated_disk import PowerCut
from tests.faults.schedule.steps import Step
from tests.faults.schedule.world import Home, Phone

_PASSES: Final = 12  # rounds of all phones until everything must be everywhere


async def play(seed: int, phones: int, steps: list[Step], template: Path) -> list[str]:
    """What is wrong after these steps and a quiet time; nothing, if all is well."""
    with tempfile.TemporaryDirectory(dir=_memory()) as folder:
        shutil.copytree(template, Path(folder) / "var")
        home = Home(Path(folder) / "var")
        people = [Phone(home, number, seed) for number in range(phones)]
        try:
            for phone in people:
                await phone.switch_on()
            for step in steps:
                await _do(step, people[step.phone % phones], home)
                if step.what == "restored":
                    here = home.hashes()
                    for phone in people:  # what nobody could send again
                        phone.gone |= phone.orphans - here
            home.repeat_orders() if home.restored else None
            if not await settle(people):
                return [
                    "the phones never came to rest",
                    *(f"{p.number}: {p.engine.status}" for p in people if not p.is_done),
                ]
            return judge(home, people) + await compared(home, people)
        finally:
            for phone in people:
                with suppress(Exception):
                    phone.notebook.close()
            home.stop()


def _memory() -> str | None:
    return "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108  # memory, so that a flush costs nothing


async def _do(step: Step, phone: Phone, home: Home) -> None:
    a = step.a
    match step.what:
        case "save" | "edit":
            record = phone.pick(a) if step.what == "edit" else None
            if record or step.what == "save":
                with phone.writing():
                    phone.write(record, step)
        case "slow_edit":
            if record := phone.pick(a):
                await phone.edit_slowly(record, step)
        case "busy":
            await phone.busy_round(step)
        case "photo":
            await phone.photograph(phone.pick(a) if a % 2 else None)
        case "choose":
            if record := phone.pick(a, "conflict"):
                detail = phone.notebook.record(record)
                for name, sides in sorted(detail.conflicts.items()) if detail else ():
                    with phone.writing():
                        phone.notebook.choose(record, name, sides[step.b % len(sides)].by, "right")
        case "delete":
            if record := phone.pick(a, "district", "waiting", "conflict"):
                with phone.writing():
                    phone.notebook.delete(record, "twice")
        case "bring_back":
            if record := phone.pick(a, "deleted", "conflict"):
                with phone.writing():
                    phone.notebook.restore(record, "mine")
        case "torn_save":
            phone.disk.fail(a % 8, PowerCut(), times=1 << 30)
            with suppress(PowerCut), phone.writing():
                phone.write(phone.pick(a) if step.b % 2 else None, step)
            phone.disk.heal()
            await phone.crash()
        case "round":
            await phone.round(step.faults)
        case "crash":
            await phone.round_with_power_cut(a)
        case "cancel":
            await phone.round_cut_off(a, answered=bool(step.b % 2))
        case "restart":
            await phone.restart()
        case "reinstall":
            await phone.reinstall()
        case "clock":
            phone.clock.time += timedelta(hours=(48, -48, 1, -1)[a % 4])
        case "time_change":
            phone.clock.time = phone.clock.time.astimezone(timezone(timedelta(hours=(-5, -6)[a % 2])))
        case "district_restart":
            home.stop()
            home.start()
        case "backup":
            home.back_up()
        case "restored":
            home.restore()
        case "again":
            if phone.line.last is not None:
                await home.handle(phone.line.last)
        case "order":
            if there := home.records():
                home.order(("seal", "unseal", "expunge")[step.b % 3], there[a % len(there)])


async def settle(people: Sequence[Phone]) -> bool:
    """Rounds of everybody over a good line, until one changes nothing."""
    before: list[Any] = []
    for _ in range(_PASSES):
        for phone in people:
            await phone.round()
            if not phone.is_known:
                await phone.enrol()
                await phone.round()
        now = [(phone.notebook.cursor, phone.is_done, phone.home.restored) for phone in people]
        if now == before and all(phone.is_done for phone in people):
            return True
        before = now
    return False


async def compared(home: Home, people: Sequence[Phone]) -> list[str]:
    """Whether what phone and district say about each other is the same too."""
    wrong = []
    for phone in () if _may_be_alone(home, people) else people:
        notebook, binding = phone.notebook, phone.notebook.binding
        ours = await notebook.tally(notebook.compared_since, notebook.cursor)
        since = datetime.fromisoformat(notebook.compared_since)
        with home.database.reading() as session:
            theirs = expected(session, binding.officer if binding else "", since, notebook.cursor)
        if ours != theirs:
            wrong.append(f"phone {phone.number} has {ours}, the district says {theirs}")
    return wrong


def _may_be_alone(home: Home, people: Sequence[Phone]) -> bool:
    """Whether a phone may have what the district lost: a colleague's, whose own phone was set up anew since.

    No phone offers what others wrote (docs/district.md).
    """
    return home.restored > 0 and any(phone.gone for phone in people)


def judge(home: Home, people: Sequence[Phone]) -> list[str]:
    """What is lost, doubled or not the same everywhere."""
    wrong = [
        f"phone {phone.number}: {name} says that its officer had seen what they had not"
        for phone in people
        for name, revision in phone.saved.items()
        if not phone.saw[name].issuperset(revision.parents)
    ]
    saved = {name: revision for phone in people for name, revision in phone.saved.items()}
    gone = {name for phone in people for name in phone.gone}
    with home.database.reading() as session:
        log = list(session.scalars(select(StoredRevision).order_by(StoredRevision.seq)))
        rows = {row.id: row for row in session.scalars(select(Record))}
        here = {entry.hash for entry in log}
        # Of what was sealed or expunged phones have erased their copies, so they cannot give it to a restored district.
        erased = {record for _, record in home.orders} if home.restored else set()
        missing = saved.keys() - here - gone
        wrong += [f"lost: {saved[name]}" for name in missing if saved[name].record not in erased]
        wrong += [f"there twice: {len(log) - len(here)}"] if len(log) != len(here) else []
        wrong += [f"the chain is broken at {seq}" for seq in _breaks(log)]
        told = histories(session, rows)
        for record, row in rows.items():
            wrong += [
                f"district, {record}: {what}" for what in _differs(row, [k.revision for k in told[record].values()])
            ]
            if row.missing and not any(phone.gone or phone.orphans for phone in people):
                wrong.append(f"district, {record}: {row.missing} photos are missing")
    alone = _may_be_alone(home, people)
    torn = (
        {saved[name].record for name in (gone & saved.keys()) - here} if alone else set()
    )  # of these, parts may be alone
    whole = {record: row for record, row in rows.items() if record not in torn}
    for phone in people:
        wrong += [
            f"phone {phone.number}, {what}" for what in _view(phone, whole) if not (alone and what.endswith("alone"))
        ]
        if phone.notebook.disagrees and not alone:
            wrong.append(f"phone {phone.number} says that it and the district do not have the same")
        if not home.restored and phone.line.repeats > phone.line.harm + phone.crashes + phone.enrolled:
            wrong.append(f"phone {phone.number} sent {phone.line.repeats} batches again after {phone.line.harm} faults")
    return wrong


def _breaks(log: list[StoredRevision]) -> list[int]:
    before, broken = "", []
    for number, entry in enumerate(log, 1):
        before = link(before, entry.seq, iso(entry.received_at), entry.hash)
        if entry.link != before or entry.seq != number:
            broken.append(entry.seq)
    return broken


def _differs(row: Record, revisions: list[Revision]) -> list[str]:
    """Where the district's row is not what its revisions say, by a reckoning of our own."""
    if row.standing == "expunged":
        return ["something of it is left"] if row.answers or row.conflicts else []
    sides = live(revisions)
    wrong = []
    for name, values in sides.items():
        shown = [side["value"] for side in row.conflicts.get(name, [])] or [row.answers.get(name)]
        if set_of(values) != set_of(shown):
            wrong.append(f"{name} is {shown}, not {values}")
    if set(row.answers) - set(sides):
        wrong.append("it has answers that nobody gave")
    return wrong


def live(revisions: list[Revision]) -> dict[str, list[Any]]:
    """For each question the values that no later revision has seen."""
    known = {revision.hash: revision for revision in revisions}

    def saw(revision: Revision, other: str) -> bool:
        todo, done = list(revision.parents), set[str]()
        while todo:
            name = todo.pop()
            if name == other:
                return True
            if name not in done and name in known:
                done.add(name)
                todo.extend(known[name].parents)
        return False

    found: dict[str, list[Any]] = {}
    for name in {name for revision in revisions for name in (*revision.set, *revision.unset)}:
        writers = [one for one in revisions if name in one.set or name in one.unset]
        last = [one for one in writers if not any(saw(other, one.hash) for other in writers)]
        found[name] = [one.set.get(name) for one in last]
    return found


def set_of(values: list[Any]) -> set[str]:
    """Values that differ, whatever they are."""
    return {canonical(value).decode() for value in values}


def _view(phone: Phone, rows: dict[str, Record]) -> list[str]:
    """Where the phone shows something else than the district."""
    wrong = []
    for record, row in rows.items():
        detail = phone.notebook.record(record)
        if row.standing in ("sealed", "expunged"):
            if detail is not None and (detail.answers or detail.row.state not in (row.standing,)):
                wrong.append(f"{record} is {row.standing}, and the phone has it as {detail.row.state}")
            continue
        if detail is None:
            wrong.append(f"{record} is not there")
            continue
        if detail.answers != row.answers:
            wrong.append(f"{record}: {detail.answers}, at the district {row.answers}")
        ours = {name: set_of([v.value for v in values]) for name, values in detail.conflicts.items()}
        theirs = {name: set_of([v["value"] for v in values]) for name, values in row.conflicts.items()}
        if ours != theirs:
            wrong.append(f"{record}: conflicts {ours}, at the district {theirs}")
        contested = "deletion_contested" in row.flags
        stands = "conflict" if row.conflicts or contested else "district"
        if detail.row.state != (row.standing if row.standing != "live" else stands):
            wrong.append(f"{record} is {detail.row.state}, at the district {row.standing} {row.flags}")
    known = {row.id for state in (None, "deleted") for row in phone.notebook.records(state=state, limit=1000)}
    return wrong + [f"{record} is on the phone alone" for record in known - rows.keys()]
