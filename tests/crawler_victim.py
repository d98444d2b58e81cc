"""A crawl in a process of its own, to be killed; its arguments are the data folder, the server and the sources."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

from crawler.run import run_crawl
from directory.clock import FixedClock
from directory.settings import Settings
from records.database import open_database


def main(folder: str, server: str, *sources: str) -> None:
    """Crawl sources: a register, the NPI registry, practice sites, an exclusion list."""
    settings = Settings(data_dir=Path(folder), crawl_delay_s=0)
    clock = FixedClock(datetime(2026, 11, 20, 9, 0, tzinfo=UTC))
    database = open_database(settings, clock=clock)
    port = server.rpartition(":")[2]
    run_crawl(
        settings,
        database=database,
        sources=sources,
        regions=["CO", "TX", "WA"],
        allow_local=True,
        clock=clock,
        overrides={
            "wa_doh": {"base_url": server, "page_size": 50},
            "nppes": {"base_url": f"{server}/api/"},
            "leie": {"base_url": server, "dataset": "leie.csv"},
            "practice_sites": {
                "start_urls": tuple(f"http://s{n}.example/" for n in range(10)),
                "connect_to": {"*.example": f"127.0.0.1:{port}"},
            },
        },
    )


if __name__ == "__main__":
    main(*sys.argv[1:])
