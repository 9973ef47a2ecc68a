"""A record that was brought to the district in a file, because the road did not take it (app/parcel.py)."""

from dataclasses import dataclass
from itertools import groupby

from app.parcel import NotAParcel, unpack
from app.revisions import Revision
from server.blobs import BlobError, Blobs
from server.database import Database
from server.district import DistrictError, audit
from server.intake import Intake, Sender
from server.photos import absent, is_wanted, keep_photo, photos_in
from sync.protocol import Verdict, WireError, push_lines, read_push


@dataclass(frozen=True)
class Brought:
    """What came of it: each revision with its verdict, how many photos are new here, and which are still missing."""

    judged: list[tuple[Revision, Verdict]]
    photos: int
    missing: list[str]


def take(database: Database, intake: Intake, blobs: Blobs, data: bytes) -> Brought:
    """Takes a record's file in as if its writers' phones had sent it; taking it twice changes nothing.

    Raises DistrictError for what is no such file.
    """
    judged: list[tuple[Revision, Verdict]] = []
    try:
        lines, photos = unpack(data)
        revisions = read_push(lines)
        for (author, device), some in groupby(revisions, lambda one: (one.author, one.device)):
            batch = list(some)
            judged += zip(batch, intake.take(Sender(device, author), push_lines(batch)).verdicts, strict=True)
    except (NotAParcel, WireError) as error:
        raise DistrictError(str(error)) from None
    if not judged:
        raise DistrictError("There is no record in this file.")
    named = {name for revision, verdict in judged if verdict.safe for name in photos_in(revision.set)}
    with database.writing() as session:
        audit(session, "cli", "record-brought", revisions[0].record)
        # Of a record that was expunged nothing is named any more.
        wanted = {name for name in absent(session, named) if is_wanted(session, name)}
    kept = 0
    for name in sorted(wanted & photos.keys()):
        try:
            keep_photo(database, blobs, name, photos[name], revisions[0].device)
        except BlobError as error:
            raise DistrictError(f"The photo {name[:12]}… cannot be kept: {error}") from None
        kept += 1
    return Brought(judged, kept, sorted(wanted - photos.keys()))
