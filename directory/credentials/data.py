"""The titles and number schemes, read once from the two YAML files beside this module."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from directory.credentials.model import CredentialKind, Family, NumberScheme, Title

_WIDEST = 9  # digits a number may have where nobody has confirmed the register's writing


def _read_yaml(name: str) -> Any:
    return yaml.safe_load(files("directory.credentials").joinpath(name).read_text("utf-8"))


@cache
def load_titles() -> tuple[Title, ...]:
    """Every title, in the file's order."""
    return tuple(
        Title(
            id=row["id"],
            kind=CredentialKind(row["kind"]),
            label=row["label"],
            letters=tuple(row["letters"]),
            phrases=tuple(row["phrases"]),
            issuer=row.get("issuer"),
        )
        for row in _read_yaml("titles.yml")
    )


@cache
def find_issuer(title: str | None) -> str | None:
    """Who alone could confirm a title (an id of titles.yml), by name; None where a register could, or nobody."""
    return next((known.issuer for known in load_titles() if known.id == title), None)


@dataclass(frozen=True)
class Schemes:
    """The number schemes of every register, by (jurisdiction, family)."""

    known: dict[tuple[str, Family], NumberScheme]

    def get(self, jurisdiction: str, family: Family) -> NumberScheme:
        """The register's scheme; where none is known, plain digits marked U."""
        found = self.known.get((jurisdiction, family))
        return found or NumberScheme(jurisdiction=jurisdiction, family=family, mark="U", digits=_WIDEST, most=_WIDEST)

    def widened(self, own: dict[tuple[str, Family], tuple[int, tuple[str, ...]]]) -> Schemes:
        """These schemes, but never narrower than what a register itself holds: its most digits and its letters."""
        wider = {}
        for key, (width, letters) in own.items():
            scheme = self.get(*key)
            known = (*scheme.prefixes, *(prefix for prefix in letters if prefix not in scheme.prefixes))
            if width > scheme.most or known != scheme.prefixes:
                wider[key] = replace(scheme, most=max(width, scheme.most), prefixes=known)
        return Schemes({**self.known, **wider}) if wider else self

    def prefixes_of(self, family: Family) -> frozenset[str]:
        """Every prefix that some register sets before numbers of this family."""
        return frozenset(p for (_, fam), scheme in self.known.items() if fam is family for p in scheme.prefixes)


@cache
def load_schemes() -> Schemes:
    """The schemes of schemes.yml."""
    known: dict[tuple[str, Family], NumberScheme] = {}
    for family_name, rows in _read_yaml("schemes.yml").items():
        family = Family(family_name)
        for jurisdiction, row in rows.items():
            known[jurisdiction, family] = NumberScheme(
                jurisdiction=jurisdiction,
                family=family,
                mark=row["mark"],
                digits=row["digits"],
                most=row["digits"] if row["mark"] != "U" else max(row["digits"], _WIDEST),
                prefixes=tuple(row.get("prefixes", ())),
                numeric=row.get("numeric", ""),
                patterns=tuple(row.get("patterns", ())),
                separated=row.get("separated", False),
                tiers=tuple(row.get("tiers", ())),
                write=row.get("write", "{n}"),
                samples=tuple((str(written), number) for written, number in row.get("samples", {}).items()),
            )
    return Schemes(known)


def make_phrase_pattern(phrase: str) -> str:
    """A pattern for `phrase` that bears any run of blanks between its words, and '&' for 'and'."""
    words = [re.escape(word) for word in re.split(r"\s+", phrase)]
    return r"\s+".join(r"(?:and|&)" if word in ("and", r"\&", "&") else word for word in words)
