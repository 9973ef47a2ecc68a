"""Times as the wire and the command line say them."""

from datetime import UTC, date, datetime, time


def iso(moment: datetime) -> str:
    """UTC with milliseconds: 2026-11-24T14:05:00.123+00:00."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds")


def day_start(day: date) -> datetime:
    """The first moment of a day where the server stands."""
    return datetime.combine(day, time.min).astimezone()
