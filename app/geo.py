"""Distances and areas of positions, as the ODK XForms specification reckons them: on a sphere, in metres."""

import math
from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Final

RADIUS: Final = 6_378_100  # ODK's figure for the earth, so that both give the same metres

Point = tuple[float, float]  # latitude and longitude in degrees


def points(texts: Iterable[str]) -> Iterator[Point | None]:
    """The positions in texts of one ("lat lon alt acc") or several separated by ";"; None for what is no position."""
    for text in texts:
        for part in text.split(";"):
            if part.strip():
                yield _point(part)


def distance(line: list[Point]) -> float:
    """Metres along the line through these points."""
    return sum((_between(a, b) for a, b in pairwise(line)), 0.0)


def area(corners: list[Point]) -> float:
    """Square metres inside the polygon with these corners; closing it is allowed and not needed."""
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners = corners[:-1]
    if len(corners) < 3:
        return 0.0
    total = 0.0
    for (lat, lon), (next_lat, next_lon) in zip(corners, [*corners[1:], corners[0]], strict=True):
        across = math.radians(next_lon - lon)
        total += across * (2 + math.sin(math.radians(lat)) + math.sin(math.radians(next_lat)))
    return abs(total * RADIUS * RADIUS / 2)


def within(point: Point, corners: list[Point]) -> bool:
    """Whether the point lies inside the polygon."""
    lat, lon = point
    inside = False
    for (a_lat, a_lon), (b_lat, b_lon) in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        if (a_lat > lat) != (b_lat > lat) and lon < (b_lon - a_lon) * (lat - a_lat) / (b_lat - a_lat) + a_lon:
            inside = not inside
    return inside


def _point(text: str) -> Point | None:
    parts = text.split()
    if not 2 <= len(parts) <= 4:
        return None
    try:
        lat, lon = float(parts[0]), float(parts[1])
    except ValueError:
        return None
    return (lat, lon) if abs(lat) <= 90 and abs(lon) <= 180 else None


def _between(a: Point, b: Point) -> float:
    """The haversine formula."""
    lat, other = math.radians(a[0]), math.radians(b[0])
    chord = (
        math.sin((other - lat) / 2) ** 2
        + math.cos(lat) * math.cos(other) * math.sin(math.radians(b[1] - a[1]) / 2) ** 2
    )
    return 2 * RADIUS * math.asin(math.sqrt(min(chord, 1.0)))
