"""Two audits: bandit over our own code, and the pinned dependencies against the advisories that PyPI publishes.

The second needs the advisories, which a mirror of the package registry does not carry. Where they cannot be had, one
line says so and nothing is claimed; where they can, a known vulnerability fails, and so does a pin not looked up.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

HERE = Path(sys.executable).parent
ROOMS = (
    "cli", "crawler", "demo", "directory", "index_mappings", "notices", "records", "resolution", "search",
    "verification", "web",
)  # fmt: skip


def run_bandit() -> int:
    """0 if bandit finds nothing that has no reason beside it."""
    command = [HERE / "bandit", "--quiet", "--configfile", "pyproject.toml", "--recursive", *ROOMS]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a tool of our own
    print(done.stdout if done.returncode else "bandit: nothing found.")
    return done.returncode


def run_pip_audit() -> int:
    """0 if no pin is known to be vulnerable, or if that cannot be known here."""
    command = [
        HERE / "pip-audit", "--requirement", "requirements.txt", "--disable-pip", "--require-hashes",
        "--progress-spinner", "off", "--format", "json", "--timeout", "20",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - a tool of our own
    try:
        pins = json.loads(done.stdout)["dependencies"]
    except (json.JSONDecodeError, KeyError):
        reason = (done.stderr.strip().splitlines() or ["no answer"])[-1]
        print(f"pip-audit: NOT AUDITED, the advisories cannot be reached from here ({reason[:160]}).")
        return 0
    unknown = sorted(pin["name"] for pin in pins if "skip_reason" in pin)
    if len(unknown) == len(pins):
        print(f"pip-audit: NOT AUDITED, the registry here carries no advisories ({len(pins)} pins looked up in vain).")
        return 0
    found = [
        f"{pin['name']} {pin['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'no version yet'}"
        for pin in pins
        for flaw in pin.get("vulns", ())
    ]
    for line in [*found, *(f"{name}: could not be looked up" for name in unknown)]:
        print(f"pip-audit: {line}")
    print(f"pip-audit: {len(pins) - len(unknown)} of {len(pins)} pins looked up, {len(found)} vulnerabilities.")
    return 1 if found or unknown else 0


if __name__ == "__main__":
    sys.exit(run_bandit() or run_pip_audit())
