"""The made-up registers, NPPES answers and exclusion list, in the shapes that the real ones have."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta

from demo.model import Licence, Person, Town, World

Row = dict[str, object]

LEIE_COLUMNS = (
    "LASTNAME", "FIRSTNAME", "MIDNAME", "BUSNAME", "GENERAL", "SPECIALTY", "UPIN", "NPI", "DOB", "ADDRESS", "CITY",
    "STATE", "ZIP", "EXCLTYPE", "EXCLDATE", "REINDATE", "WAIVERDATE", "WVRSTATE",
)  # fmt: skip


def make_washington(world: World) -> list[Row]:
    """Rows of Washington's data set: text dates, no city."""
    return [
        {
            "credentialnumber": f"MA{row.number:08d}",
            "lastname": row.person.family.upper(),
            "firstname": row.person.given.upper(),
            **({"middlename": row.person.middle.upper()} if row.person.middle else {}),
            "credentialtype": row.licence_type or "Massage Therapist License",
            "status": row.status.upper(),
            "birthyear": "1900",
            "ceduedate": row.expires_on.strftime("%Y%m%d"),
            "firstissuedate": row.issued_on.strftime("%Y%m%d"),
            "lastissuedate": (row.expires_on - timedelta(days=365)).strftime("%Y%m%d"),
            "expirationdate": row.expires_on.strftime("%Y%m%d"),
            "actiontaken": row.discipline or "No",
        }
        for row in _of(world, "WA")
    ]


def make_colorado(world: World) -> list[Row]:
    """Rows of Colorado's data set: one a discipline case, links as objects."""
    return [
        {
            "lastname": row.person.family,
            "firstname": row.person.given,
            **({"middlename": row.person.middle} if row.person.middle else {}),
            "city": row.town,
            "state": "CO",
            "mailzipcode": "80201",
            "licensetype": row.licence_type or "MT",
            "licensenumber": f"{row.number:07d}",
            "licensefirstissuedate": _floating(row.issued_on),
            "licenselastreneweddate": _floating(row.expires_on - timedelta(days=730)),
            "licenseexpirationdate": _floating(row.expires_on),
            "licensestatusdescription": row.status,
            "linktoverifylicense": {"url": f"https://register.example/co/{row.number}"},
        }
        for row in _of(world, "CO")
    ]


def make_delaware(world: World) -> list[Row]:
    """Rows of Delaware's data set."""
    return [
        {
            "last_name": row.person.family,
            "first_name": row.person.given,
            "combined_name": f"{row.person.given} {row.person.family}",
            "license_no": f"{'CMT' if 'Technician' in row.licence_type else 'MT'}-{row.number:07d}",
            "profession_id": "MT",
            # The word "massage" is in every type of this board.
            "license_type": row.licence_type or "Massage Therapist",
            "city": row.town,
            "state": "DE",
            "zip_code": "19801",
            "country": "USA",
            "issue_date": _floating(row.issued_on),
            "expiration_date": _floating(row.expires_on),
            "disciplinary_action": "N",
            "license_status": row.status,
        }
        for row in _of(world, "DE")
    ]


def make_npi(index: int, person: Person, town: Town, number: str, on: date) -> Row:
    """One result of the NPPES API, as it answers since 2026: figures as text."""
    npi = write_npi(123456000 + index)
    address = {
        "country_code": "US", "country_name": "United States", "address_type": "DOM", "address_1": "100 EXAMPLE ST",
        "city": town.name.upper(), "state": town.region, "postal_code": town.postal_codes[0],
    }  # fmt: skip
    return {
        "number": npi,
        "enumeration_type": "NPI-1",
        "created_epoch": "1300000000000",
        "last_updated_epoch": "1700000000000",
        "basic": {
            "first_name": person.given.upper(),
            "last_name": person.family.upper(),
            **({"middle_name": person.middle.upper()} if person.middle else {}),
            "credential": person.letters,
            "sole_proprietor": "YES",
            "enumeration_date": "2012-03-04",
            "last_updated": (on - timedelta(days=400)).isoformat(),
            "status": "A",
        },
        "addresses": [
            {**address, "address_purpose": "LOCATION", "telephone_number": f"{town.area_code}-555-0198"},
            {**address, "address_purpose": "MAILING", "address_1": "PO BOX 1"},
        ],
        "taxonomies": [
            {"code": "225700000X", "desc": "Massage Therapist", "license": number, "state": town.region,
             "primary": True, "taxonomy_group": ""}
        ],
        "identifiers": [],
        "endpoints": [],
        "other_names": [],
        "practiceLocations": [],
    }  # fmt: skip


def write_npi(first_nine: int) -> str:
    """A valid NPI: nine digits and the Luhn digit over 80840 and them."""
    digits = [int(d) for d in f"80840{first_nine:09d}"]
    doubled = sum(sum(divmod(2 * d, 10)) for d in digits[-1::-2])
    return f"{first_nine:09d}{-(doubled + sum(digits[-2::-2])) % 10}"


def make_exclusions(on: date, excluded: Iterable[tuple[Person, Town, str]] = ()) -> str:
    """An exclusion list with strangers, a namesake and the `excluded` by NPI: unquoted header, quoted data, CRLF."""
    nobody = "0000000000"
    people = [
        ("ASHDOWN", "WALTER", "", "MASSAGE THERAPIST", nobody, "SHREVEPORT", "LA", "71101"),
        ("EXAMPLE", "ANN", "B", "NURSE/NURSES AIDE", nobody, "BILOXI", "MS", "39530"),
        ("SAMPLE", "ROBERT", "", "CHIROPRACTOR", nobody, "TULSA", "OK", "74103"),
    ]
    people += [
        (
            who.family.upper(), who.given.upper(), who.middle.upper(), "MASSAGE THERAPIST", npi, town.name.upper(),
            town.region, town.postal_codes[0],
        )
        for who, town, npi in excluded
    ]  # fmt: skip
    out = io.StringIO()
    out.write(",".join(LEIE_COLUMNS) + "\r\n")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for last, first, middle, specialty, npi, city, state, postal in people:
        writer.writerow(
            (last, first, middle, "", "IND- LIC HC SERV PRO", specialty, "", npi, "", "PO BOX 1", city, state,
             postal, "1128b4", (on - timedelta(days=900)).strftime("%Y%m%d"), "00000000", "00000000", "")
        )  # fmt: skip
    return out.getvalue()


def _of(world: World, region: str) -> list[Licence]:
    return [licence for licence in world.licences if licence.jurisdiction == region]


def _floating(day: date) -> str:
    """A Socrata floating timestamp."""
    return f"{day.isoformat()}T00:00:00.000"
