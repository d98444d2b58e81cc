"""Requests checked before any engine sees them, and the cursors that lead from page to page."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
from dataclasses import dataclass

import orjson

from directory.errors import UsageError
from search import analysis
from search.geometry import HALF_GLOBE_KM
from search.interface import FACETS, GeoBox, GeoCircle, SearchRequest, Sort

MAX_LIMIT = 200
MAX_TEXT = 2_000
MAX_CURSOR = 1_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """The last result of a page: its sort value and its id; `typos` whether that page had to forgive some."""

    value: float | str
    document_id: str
    typos: bool


def check_request(request: SearchRequest) -> None:
    """Raise `UsageError` with a plain sentence where `request` cannot be answered."""
    if not 1 <= request.limit <= MAX_LIMIT:
        raise UsageError(f"A page holds 1 to {MAX_LIMIT} results; {request.limit} were asked for.")
    if len(request.text) > MAX_TEXT or len(request.name) > MAX_TEXT:
        raise UsageError(f"The search text is longer than {MAX_TEXT} characters. Use fewer words.")
    if request.near:
        check_circle(request.near)
    if request.box:
        check_box(request.box)
    if request.sort is Sort.DISTANCE and request.near is None:
        raise UsageError("Sorting by distance needs a place.")
    if unknown := set(request.facets) - set(FACETS):
        raise UsageError(f"There is no facet {min(unknown)!r}. Known: {', '.join(FACETS)}.")


def has_words(request: SearchRequest) -> bool:
    """Whether words are sought, in the text or in the name."""
    return bool(analysis.tokenize_query(request.text) or analysis.tokenize_names(request.name))


def check_circle(circle: GeoCircle) -> None:
    """Raise `UsageError` unless the circle lies on the globe and has a size."""
    _check_point(circle.lat, circle.lon)
    if not (math.isfinite(circle.radius_km) and 0 < circle.radius_km <= HALF_GLOBE_KM + 1):
        raise UsageError("The radius must be more than 0 and at most 20,015 km.")


def check_box(box: GeoBox) -> None:
    """Raise `UsageError` unless the box lies on the globe, south below north."""
    _check_point(box.south, box.west)
    _check_point(box.north, box.east)
    if box.south > box.north:
        raise UsageError("The box's south lies north of its north.")


def _check_point(lat: float, lon: float) -> None:
    if not (math.isfinite(lat) and math.isfinite(lon) and -90 <= lat <= 90 and -180 <= lon <= 180):
        raise UsageError("Latitude must be -90 to 90 and longitude -180 to 180 degrees.")


def _make_fingerprint(request: SearchRequest) -> str:
    """A digest of what decides the order, so that a cursor is not used on another search."""
    near = request.near and (request.near.lat, request.near.lon, request.near.radius_km)
    parts = (request.sort.value, request.text, request.name, near, request.on.toordinal(), request.narrower)
    return hashlib.blake2b(repr(parts).encode(), digest_size=6).hexdigest()


def write_cursor(request: SearchRequest, cursor: Cursor) -> str:
    """The cursor as text for an address."""
    parts = [_make_fingerprint(request), cursor.value, cursor.document_id, cursor.typos]
    return base64.urlsafe_b64encode(orjson.dumps(parts)).decode().rstrip("=")


def read_cursor(request: SearchRequest) -> Cursor | None:
    """The cursor that `request` continues from; raises `UsageError` where it is not of this search."""
    if request.after is None:
        return None
    try:
        if len(request.after) > MAX_CURSOR:
            raise ValueError("too long")
        raw = base64.b64decode(request.after + "=" * (-len(request.after) % 4), altchars=b"-_", validate=True)
        fingerprint, value, document_id, typos = orjson.loads(raw)
        wanted = str if request.sort is Sort.NAME else (int, float)
        if (
            not isinstance(value, wanted)
            or isinstance(value, bool)
            or not isinstance(document_id, str)
            or fingerprint != _make_fingerprint(request)
        ):
            raise ValueError("of another search")
    except (ValueError, TypeError, binascii.Error) as error:
        raise UsageError("This page marker does not belong to this search. Start from the first page.") from error
    return Cursor(value, document_id, bool(typos))
