"""A backup by command on one machine is the directory by command on another."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from cli.main import main

LISTING = {
    "listing_id": "p-1", "source": "partner", "name": "Ana Sample", "city": "Denver", "region": "CO", "country": "US",
}  # fmt: skip


@pytest.fixture
def backup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The backup of a small directory; afterwards the commands work in an empty data folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALPATE_DATA_DIR", str(tmp_path / "here"))
    listings = tmp_path / "partner.jsonl"
    listings.write_bytes(orjson.dumps(LISTING) + b"\n")
    assert main(["import", str(listings)]) == 0
    assert main(["resolve"]) == 0
    file = tmp_path / "palpate.zip"
    assert main(["backup", str(file)]) == 0
    monkeypatch.setenv("PALPATE_DATA_DIR", str(tmp_path / "there"))
    return file


def search(capsys: pytest.CaptureFixture[str]) -> list[str]:
    capsys.readouterr()
    assert main(["search", "Ana Sample", "--near", "Denver, CO", "--json"]) == 0
    return [item["name"] for item in orjson.loads(capsys.readouterr().out)["results"]]


def test_what_was_backed_up_is_searched_elsewhere(backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", str(backup)]) == 0
    assert "both chains hold" in capsys.readouterr().out
    assert main(["index", "build"]) == 0
    assert search(capsys) == ["Ana Sample"]


def test_a_restore_replaces_nothing_unless_told_to(backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["restore", str(backup)]) == 0
    assert main(["restore", str(backup)]) == 1
    assert "There are records already" in capsys.readouterr().err
    assert main(["restore", "--overwrite", str(backup)]) == 0


def test_what_is_no_backup_is_refused_by_name(backup: Path, capsys: pytest.CaptureFixture[str]) -> None:
    backup.write_bytes(b"not a backup")
    assert main(["restore", str(backup)]) == 1
    assert "palpate.zip" in capsys.readouterr().err
    assert main(["restore", "nowhere.zip"]) == 2
    assert main(["backup", "no/such/folder.zip"]) == 1
