"""A worker that reads a made-up world on loopback in place of the sources, to be killed; `palpate work` otherwise."""

from __future__ import annotations

import sys
from pathlib import Path

import orjson

from cli.app import App, open_app
from cli.keep import Ways, do_next
from cli.labour import go_on
from directory.errors import PalpateError
from search.locks import make_owner

READY = "At work."


def main(ways_file: str, every_s: str, lease_s: str) -> int:
    """Do jobs until told to stop; `ways_file` says where the sources are served."""
    ways = Ways(allow_local=True, overrides=orjson.loads(Path(ways_file).read_bytes()))
    worker = make_owner()

    def say(text: str) -> None:
        print(text, flush=True)

    def do_all(app: App) -> None:
        try:
            while do_next(app, worker, ways=ways, say=say, lease_s=float(lease_s)):
                pass
        except PalpateError as error:
            say(str(error))

    with open_app() as app:
        say(READY)
        return go_on(lambda: do_all(app), float(every_s))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
