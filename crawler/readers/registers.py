"""Rows of a board's register, as the source's YAML reads them, to register records."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from typing import Required, TypedDict

from crawler.items import Note, PassedOver, SetAside
from crawler.readers.columns import check_columns, keep_columns
from crawler.readers.values import join_name, parse_date, parse_flag, split_family_first, split_given_first
from crawler.sources.model import Column, Source
from directory.models import EntityKind, RegisterRecord

_CITY_LINE = re.compile(r"(?P<city>.*?)[, ]+(?P<region>[A-Z]{2})(?:[ ,]+\d{5}(?:-?\d{4})?)?\s*$")
_COMPANY = re.compile(
    r"\b(llc|l\.l\.c|inc|corp|ltd|pllc|p\.?c|spa|salon|massage|bodywork|therapy|wellness|clinic|center|centre|school)\b",
    re.IGNORECASE,
)


class _Name(TypedDict, total=False):
    full_name: Required[str]
    kind: Required[EntityKind]
    given: str | None
    middle: str | None
    family: str | None
    suffix: str | None


class RegisterReader:
    """Turns the rows of one source, read on one date, to records: one a licence, in whatever order its rows come.

    `discipline` maps a licence number to notes of a second table of the publisher.
    """

    def __init__(
        self,
        source: Source,
        columns: Mapping[str, Column],
        read_on: date,
        discipline: Mapping[str, tuple[str, ...]] | None = None,
    ) -> None:
        self.source = source
        self.columns = columns
        self.read_on = read_on
        self.discipline = discipline or {}
        self._held: dict[str, tuple[RegisterRecord, str]] = {}  # with where its row stood
        self._names: set[str] = set()

    def read(self, row: object, where: str) -> Iterator[RegisterRecord | SetAside | PassedOver | Note]:
        """The row's record, or why it is none of ours or unusable."""
        if not isinstance(row, Mapping):
            yield SetAside(where, "row is not an object")
            return
        if not self._names.issuperset(row):
            check_columns(self.source, self.columns, row, header=False)
            self._names.update(row)
        kept = keep_columns(self.columns, row)
        outcome = self._make_record(kept, where)
        if not isinstance(outcome, RegisterRecord):
            yield outcome
            return
        if outcome.status and self.source.normalise_status(outcome.status) is None:
            yield Note(f"status word not read yet: {outcome.status}")
        held = self._held.get(outcome.register_id)
        if held is None:
            self._held[outcome.register_id] = (outcome, where)
        elif outcome == held[0]:
            yield PassedOver("row that is there twice")
        else:
            kept_row, other = sorted((held, (outcome, where)), key=_rank, reverse=True)
            if self.source.cases_per_licence:
                kept_row = (merge_cases(kept_row[0], other[0]), kept_row[1])
            else:
                yield SetAside(other[1], "another row of the same licence number says otherwise")
            self._held[outcome.register_id] = kept_row

    def finish(self) -> Iterator[RegisterRecord]:
        """The records, once every row was seen; raises `UnknownColumnError` for a needed column that no row had."""
        if self._names:
            check_columns(self.source, self.columns, self._names, header=True)
        yield from (record for record, _ in self._held.values())
        self._held.clear()

    def _make_record(self, kept: dict[str, str], where: str) -> RegisterRecord | SetAside | PassedOver:
        licence_type = find_type(self.source, self.columns, kept)
        if licence_type is None:
            return PassedOver("another profession")
        number = kept.get("number")
        if not number:
            return SetAside(where, "no licence number")
        name = read_name(self.source, kept, licence_type)
        if name is None:
            return SetAside(where, "no name")
        try:
            issued_on = parse_date(kept.get("issued_on"), self.source.date_format)
            expires_on = parse_date(kept.get("expires_on"), self.source.date_format)
            read_on = min(self.read_on, parse_date(kept.get("read_on")) or self.read_on)
        except ValueError:
            return SetAside(where, "a date cannot be read")
        city, region = read_city(kept)
        status = kept.get("status")
        if status is None and self.source.status_from_expiry and expires_on:
            status = "EXPIRED" if expires_on < read_on else "ACTIVE"
        notes = (*read_case(kept), *self.discipline.get(number, ()))
        return RegisterRecord(
            register_id=f"{self.source.id}:{make_key(self.source, licence_type, number)}",
            source=self.source.id,
            jurisdiction=self.source.jurisdiction or "",
            licence_type=licence_type,
            number=number,
            city=city,
            region=region or self.source.jurisdiction if city else region,
            status=status,
            status_derived=kept.get("status") is None and status is not None,
            issued_on=issued_on,
            expires_on=expires_on,
            discipline=parse_flag(kept.get("discipline")) or bool(notes),
            discipline_note="; ".join(notes) or None,
            url=kept.get("url") or self.source.lookup_url or None,
            read_on=read_on,
            **name,
        )


def _rank(row: tuple[RegisterRecord, str]) -> tuple[date, date, str]:
    """Of two rows of a licence the one that runs longer counts, whichever came first."""
    record = row[0]
    return (record.expires_on or date.min, record.issued_on or date.min, repr(record))


def make_key(source: Source, licence_type: str, number: str) -> str:
    """The source's own key for a licence: the number, with the type where numbers repeat across boards."""
    prefixes = source.number.prefixes if source.number else ()
    return number if any(number.upper().startswith(prefix) for prefix in prefixes) else f"{licence_type}:{number}"


def find_type(source: Source, columns: Mapping[str, Column], kept: Mapping[str, str]) -> str | None:
    """The licence type in the board's words if the row is of our profession, else None."""
    profession = source.profession
    if profession is None:
        return kept.get("licence_type", "")
    if "licence_type" not in {column.keep for column in columns.values()}:
        number = kept.get("number", "").upper()
        return next((word for prefix, word in source.types_by_prefix.items() if number.startswith(prefix)), None)
    fields = [column.keep for name in profession.column.split(",") if (column := columns.get(name)) and column.keep]
    words = (kept[field] for field in (fields or ["licence_type"]) if field in kept)
    return next((word for word in words if profession.includes(word)), None)


def read_name(source: Source, kept: Mapping[str, str], licence_type: str) -> _Name | None:
    """The record's name fields: a person's parts, or a place's name; None if there is no name."""
    establishment = source.profession is not None and source.profession.is_establishment(licence_type)
    establishment = establishment or parse_flag(kept.get("business_flag"))
    given, family, business = kept.get("given"), kept.get("family"), kept.get("business")
    one_field = kept.get("name") or kept.get("owner")
    if given and family and not establishment:
        return _name_person(given, kept.get("middle"), family, kept.get("suffix"))
    if one_field and not establishment and not _looks_like_company(kept, one_field):
        split = split_family_first if source.person_name == "family-first" else split_given_first
        parts = split(one_field)
        if parts[2]:
            return _name_person(*parts)
    name = business or one_field or (family if establishment or not given else None) or join_name(given, family)
    if not name:
        return None
    lone_person = not establishment and not business and not one_field and not _looks_like_company(kept, name)
    kind = EntityKind.PERSON if lone_person else EntityKind.PRACTICE
    return {"full_name": name, "kind": kind, "family": name if lone_person else None}


def _looks_like_company(kept: Mapping[str, str], name: str) -> bool:
    stated = kept.get("person_type")
    return stated.upper() != "INDIVIDUAL" if stated else bool(_COMPANY.search(name))


def _name_person(given: str | None, middle: str | None, family: str | None, suffix: str | None) -> _Name:
    full = join_name(given, middle, family, suffix)
    return {
        "full_name": full,
        "kind": EntityKind.PERSON,
        "given": given,
        "middle": middle,
        "family": family,
        "suffix": suffix,
    }


def read_city(kept: Mapping[str, str]) -> tuple[str | None, str | None]:
    """City and two-letter region, from their own columns or from a line such as 'AUSTIN TX 78701-0000'."""
    if match := _CITY_LINE.match(kept.get("city_line", "")):
        return match["city"].strip(" ,") or None, match["region"]
    region = kept.get("region", "").upper()
    return kept.get("city"), region if re.fullmatch(r"[A-Z]{2}", region) else None


def read_case(kept: Mapping[str, str]) -> tuple[str, ...]:
    """The row's discipline case in one line, or nothing."""
    if not (kept.get("case") or kept.get("discipline_note")):
        return ()
    days = " to ".join(kept[field][:10] for field in ("discipline_from", "discipline_until") if field in kept)
    parts = [kept.get("case"), kept.get("discipline_note"), kept.get("discipline_reason"), days]
    return (", ".join(part for part in parts if part),)


def merge_cases(first: RegisterRecord, second: RegisterRecord) -> RegisterRecord:
    """One record of two rows of one licence: the discipline of both, each case once."""
    notes = dict.fromkeys(
        note for record in (first, second) if record.discipline_note for note in record.discipline_note.split("; ")
    )
    return replace(
        first,
        discipline=first.discipline or second.discipline,
        discipline_note="; ".join(sorted(notes)) or None,
    )
