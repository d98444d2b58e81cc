"""NPPES: answers of the API in both generations, and rows of the monthly bulk file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from typing import TypeGuard

from crawler.items import PassedOver, SetAside
from crawler.readers.columns import check_columns, keep_columns
from crawler.readers.values import join_name, parse_date, parse_flag, parse_npi, parse_phone, parse_zip
from crawler.sources.model import Column, Source
from directory.errors import SourceUnavailableError
from directory.models import EntityKind, NpiLicence, NpiRecord

MASSAGE_THERAPIST = "225700000X"
Row = Mapping[str, object]
Outcome = NpiRecord | SetAside | PassedOver


def read_answer(source: Source, answer: object) -> list[object]:
    """The rows of an API answer; raises `SourceUnavailableError` with NPPES's own words for an error in a 200."""
    if not isinstance(answer, Mapping):
        raise SourceUnavailableError(f"Source {source.id}: the answer is not an NPPES result.")
    errors = answer.get("Errors")
    if isinstance(errors, list) and errors:
        words = "; ".join(str(error.get("description", error)) for error in errors if isinstance(error, Mapping))
        raise SourceUnavailableError(f"Source {source.id} refused the query: {words}.")
    results = answer.get("results")
    if not isinstance(results, list):
        raise SourceUnavailableError(f"Source {source.id}: the answer has no results.")
    return results


def list_numbers(rows: Iterable[object]) -> list[str]:
    """The NPIs of an answer's rows, in order."""
    return [str(row.get("number")) for row in rows if _is_row(row)]


def drop_repeated(outcomes: Iterable[Outcome]) -> Iterator[Outcome]:
    """The outcomes with each NPI once: the first row of a number counts, another is passed over."""
    seen: set[str] = set()
    for outcome in outcomes:
        if isinstance(outcome, NpiRecord) and outcome.npi in seen:
            yield PassedOver("row of an NPI that is there twice")
            continue
        if isinstance(outcome, NpiRecord):
            seen.add(outcome.npi)
        yield outcome


def check_row(source: Source, row: Row) -> None:
    """Nothing if every key of the row, nested ones too, has been read; else `UnknownColumnError`."""
    names: set[str] = set()
    for key, value in row.items():
        parts = value if isinstance(value, list) else [value]
        nested = any(name.startswith(f"{key}.") for name in source.columns)
        if nested:
            names.update(f"{key}.{inner}" for part in parts if isinstance(part, Mapping) for inner in part)
        else:
            names.add(key)
    check_columns(source, source.columns, names, header=False)


def read_row(source: Source, row: object, where: str, read_on: date) -> Outcome:
    """One result of the API as a record: its practice location only, and no street for a sole proprietor."""
    if not _is_row(row):
        return SetAside(where, "row is not an object")
    check_row(source, row)
    top = keep_columns(source.columns, {key: value for key, value in row.items() if not isinstance(value, list | dict)})
    basic = _keep(source, "basic", row.get("basic"))
    taxonomies = [_keep(source, "taxonomies", part) for part in _list(row.get("taxonomies"))]
    if not any(part.get("taxonomy") == MASSAGE_THERAPIST for part in taxonomies):
        return PassedOver("another profession")
    npi = parse_npi(top.get("npi"))
    if npi is None:
        return SetAside(where, "NPI fails its check digit")
    addresses = [_keep(source, "addresses", part) for part in _list(row.get("addresses"))]
    location = next((part for part in addresses if part.get("purpose", "").upper() == "LOCATION"), {})
    others = [_keep(source, "other_names", part) for part in _list(row.get("other_names"))]
    try:
        updated_on = parse_date(basic.get("updated_on")) or _parse_epoch(top.get("updated_epoch"))
    except ValueError:
        return SetAside(where, "a date cannot be read")
    return make_record(
        npi=npi,
        kind=top.get("kind", ""),
        active=basic.get("status", "A").upper() == "A",
        fields={**basic, **location},
        taxonomies=taxonomies,
        other_names=[_name_other(part) for part in others],
        updated_on=updated_on,
        read_on=read_on,
    )


def make_record(
    *,
    npi: str,
    kind: str,
    active: bool,
    fields: Mapping[str, str],
    taxonomies: Iterable[Mapping[str, str]],
    other_names: Iterable[str],
    updated_on: date | None,
    read_on: date,
) -> NpiRecord:
    """The record of kept fields, whichever road they came by."""
    entity = EntityKind.PRACTICE if kind in {"NPI-2", "2"} else EntityKind.PERSON
    sole = parse_flag(fields.get("sole_proprietor"))
    person_name = join_name(fields.get("given"), fields.get("middle"), fields.get("family"), fields.get("suffix"))
    region = fields.get("region", "").upper()
    country = fields.get("country", "").upper()
    taxonomies = list(taxonomies)
    postal_code = parse_zip(fields.get("postal_code"))
    return NpiRecord(
        npi=npi,
        kind=entity,
        active=active,
        name=(fields.get("organization") if entity is EntityKind.PRACTICE else person_name) or None,
        given=fields.get("given"),
        middle=fields.get("middle"),
        family=fields.get("family"),
        credential=fields.get("credential"),
        other_names=tuple(dict.fromkeys(name for name in other_names if name)),
        street=None if sole else join_name(fields.get("street"), fields.get("street_2")) or None,
        city=fields.get("city"),
        region=region if re.fullmatch(r"[A-Z]{2}", region) else None,
        postal_code=postal_code[:5] if postal_code and sole else postal_code,
        country=country if re.fullmatch(r"[A-Z]{2}", country) else None,
        phone=parse_phone(fields.get("phone"), country or "US"),
        taxonomies=tuple(dict.fromkeys(part["taxonomy"] for part in taxonomies if part.get("taxonomy"))),
        licences=tuple(
            NpiLicence(number=part.get("licence"), region=part.get("licence_region"), taxonomy=part.get("taxonomy", ""))
            for part in taxonomies
            if part.get("licence")
        ),
        sole_proprietor=sole,
        updated_on=updated_on,
        read_on=read_on,
    )


def read_bulk_row(columns: Mapping[str, Column], row: Row, where: str, read_on: date) -> Outcome:
    """One row of the monthly file as a record; a deactivated one is blank but for its number."""
    kept = keep_columns(columns, row)
    npi = parse_npi(kept.get("npi"))
    if npi is None:
        return SetAside(where, "NPI fails its check digit")
    try:
        deactivated_on = parse_date(kept.get("deactivated_on"))
        reactivated_on = parse_date(kept.get("reactivated_on"))
        updated_on = parse_date(kept.get("updated_on"))
    except ValueError:
        return SetAside(where, "a date cannot be read")
    active = deactivated_on is None or (reactivated_on is not None and reactivated_on >= deactivated_on)
    if not active:
        return NpiRecord(npi=npi, kind=EntityKind.PERSON, active=False, updated_on=deactivated_on, read_on=read_on)
    other_person = join_name(kept.get("other_given"), kept.get("other_middle"), kept.get("other_family"))
    return make_record(
        npi=npi,
        kind=kept.get("kind", ""),
        active=True,
        fields=kept,
        taxonomies=_read_numbered(row),
        other_names=[kept.get("other_organization", ""), other_person],
        updated_on=updated_on,
        read_on=read_on,
    )


def _read_numbered(row: Row) -> list[dict[str, str]]:
    taxonomies: list[dict[str, str]] = []
    for place in range(1, 16):
        code = row.get(f"Healthcare Provider Taxonomy Code_{place}")
        if not code:
            continue
        part = {"taxonomy": str(code)}
        if number := row.get(f"Provider License Number_{place}"):
            part["licence"] = " ".join(str(number).split())
        if region := row.get(f"Provider License Number State Code_{place}"):
            part["licence_region"] = str(region)
        taxonomies.append(part)
    return taxonomies


def _is_row(value: object) -> TypeGuard[Row]:
    return isinstance(value, Mapping)


def _list(value: object) -> list[Row]:
    return [part for part in value if _is_row(part)] if isinstance(value, list) else []


def _keep(source: Source, section: str, part: object) -> dict[str, str]:
    if not _is_row(part):
        return {}
    kept = keep_columns(source.columns, {f"{section}.{key}": value for key, value in part.items()})
    return {field: value for field, value in kept.items() if value != "--"}  # NPPES writes -- for none


def _name_other(part: Mapping[str, str]) -> str:
    person = join_name(part.get("other_given"), part.get("other_middle"), part.get("other_family"))
    return part.get("other_organization") or person


def _parse_epoch(text: str | None) -> date | None:
    """The day of an epoch, in seconds (old answers) or milliseconds (new ones)."""
    if not text or not text.isdigit():
        return None
    seconds = int(text) / 1000 if len(text) > 11 else int(text)
    return datetime.fromtimestamp(seconds, UTC).date()
