"""Every command explains itself, and every wrong use is one plain line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from cli.main import main, palpate

PROMISED = {
    "sources", "crawl", "import", "extract", "resolve", "verify", "ledger", "index", "search", "run", "serve", "demo",
    "admin", "export", "backup", "restore", "doctor", "dev", "mail", "watch", "schedule", "work",
}  # fmt: skip


def walk(command: click.Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    if isinstance(command, click.Group):
        for name, child in command.commands.items():
            yield from walk(child, (*path, name))
    else:
        yield path, command


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PALPATE_DATA_DIR", str(tmp_path / "data"))


LEAVES = list(walk(palpate))


def test_the_promised_commands_are_all_there() -> None:
    assert set(palpate.commands) == PROMISED


@pytest.mark.parametrize(("path", "command"), LEAVES, ids=[" ".join(path) for path, _ in LEAVES])
def test_every_command_shows_an_example_of_itself(
    path: tuple[str, ...], command: click.Command, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*path, "--help"]) == 0
    shown = " ".join(capsys.readouterr().out.split())
    assert f"palpate {' '.join(path)}" in shown
    assert "Example:" in shown
    assert command.help, "a command without a word about what it does"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nope"], "No such command"),
        (["crawl", "--from", "x"], "--from needs exactly one --source"),
        (["resolve", "--listings", "x"], "belong together"),
        (["verify", "--register", "x"], "belong together"),
        (["verify", "--on", "tomorrow"], "write it as 2026-11-23"),
        (["extract"], "Missing argument"),
        (["search", "--limit", "0"], "0 is not in the range"),
    ],
)
def test_wrong_use_is_one_line_and_exit_2(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(words) == 2
    err = capsys.readouterr().err
    assert said in err
    assert err.count("\n") == 1


def test_a_wrong_setting_names_itself_and_the_way_out(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PALPATE_SEARCH_URL", "elastic:9200")
    assert main(["sources"]) == 2
    err = capsys.readouterr().err
    assert err == (
        "palpate: PALPATE_SEARCH_URL cannot be used: must be an http:// or https:// address. "
        "Correct it or leave it out.\n"
    )
