"""A disk that is really full: one clear error, nothing half written, and once there is room everything goes on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

ROOT = Path(__file__).parent.parent
MOUNT = 'mount -t tmpfs -o size=12m none "$0"'


def can_mount(folder: Path) -> bool:
    """Whether this machine lets a process mount a small disk of its own."""
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", MOUNT, str(folder)]
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


@pytest.fixture
def told(tmp_path: Path) -> dict[str, Any]:
    """What the drill told; the disk is gone with the process that mounted it."""
    disk, elsewhere = tmp_path / "disk", tmp_path / "elsewhere"
    disk.mkdir()
    elsewhere.mkdir()
    if not can_mount(disk):
        pytest.skip("This machine lets nobody mount a small disk (unshare --mount --map-root-user).")
    script = f'{MOUNT} && exec "$1" -m tests.full_disk "$0" "$2"'
    command = ["unshare", "--mount", "--map-root-user", "sh", "-c", script, str(disk), sys.executable, str(elsewhere)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    found: dict[str, Any] = orjson.loads(done.stdout)
    return found


def list_names(answer: dict[str, Any]) -> list[str]:
    return [result["name"] for result in orjson.loads(answer["out"])["results"]]


def test_a_full_disk_is_one_clear_error_and_loses_nothing(told: dict[str, Any]) -> None:
    assert [step["code"] for step in told["before"]] == [0, 0, 0]
    names = list_names(told["nearly"]["search"])
    assert "Ana Sample1" in names, "searches are answered while nothing can be written"
    for failed in (told["nearly"]["import"], *told["full"].values()):
        assert failed["code"] == 1
        assert failed["err"].count("\n") == 1
        assert "room" in failed["err"]
    assert told["left"] == ["data", "filler"], "no half of a backup is left"
    assert [step["code"] for step in told["after"]] == [0, 0, 0, 0]
    assert list_names(told["found"]) == names, "nothing of what did not fit is there"
    findings = {finding["what"]: finding["ok"] for finding in orjson.loads(told["doctor"])}
    assert findings.pop("free disk") is False
    assert all(findings.values())
