"""A directory on a disk that is full, and then is not; run in a mount namespace of its own, it prints what happened."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from pathlib import Path

import orjson

from cli.main import main


def run(*words: str) -> dict[str, object]:
    """One command; its exit code and what it said."""
    out, err = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        code = main(list(words))
        out.flush()
    return {"code": code, "err": err.getvalue(), "out": out.buffer.getvalue().decode()}


def write(listings: Path, number: int) -> Path:
    """A file of so many listings, kept elsewhere."""
    rows = (
        {
            "listing_id": f"p-{n}", "source": "partner", "name": f"Ana Sample{n}", "city": "Denver", "region": "CO",
            "country": "US", "summary": f"Entry {n}. " * 60,
        }
        for n in range(number)
    )  # fmt: skip
    listings.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return listings


def fill(disk: Path, *, leave: int = 0) -> Path:
    """Take all the room there is, but for so many bytes."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
        while True:
            file.write(b"\0" * 4096)
    os.truncate(filler, filler.stat().st_size - leave)
    return filler


def drill(disk: Path, elsewhere: Path) -> dict[str, object]:
    """Before, while and after the disk is full."""
    os.environ["PALPATE_DATA_DIR"] = str(disk / "data")
    few, many = write(elsewhere / "few.jsonl", 5), write(elsewhere / "many.jsonl", 3000)
    told: dict[str, object] = {"before": [run("import", str(few)), run("resolve"), run("index", "build")]}
    filler = fill(disk, leave=200_000)
    told["nearly"] = {"search": run("search", "Ana Sample1", "--json"), "import": run("import", str(many))}
    filler.unlink()
    filler = fill(disk)
    told["full"] = {
        "import": run("import", str(many)),
        "build": run("index", "build"),
        "backup": run("backup", str(disk / "backup.zip")),
    }
    told["left"] = sorted(path.name for path in disk.iterdir())
    filler.unlink()
    told["after"] = [run("import", str(few)), run("resolve"), run("index", "build"), run("backup", str(disk / "b.zip"))]
    told["found"] = run("search", "Ana Sample1", "--json")
    told["doctor"] = subprocess.run(
        [sys.executable, "-m", "cli.main", "doctor", "--json"], capture_output=True, check=False, text=True
    ).stdout
    return told


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(drill(Path(sys.argv[1]), Path(sys.argv[2]))))
