"""The `palpate` command: thin over the rooms, one plain line for every error.

Exit codes: 0 done, 1 failed, 2 wrong use. `--debug`, anywhere on the line, shows the trace instead.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence

import click

from cli import accounts, decide, find, gather, labour, notify, operate
from directory.errors import PalpateError, find_exit_code

EXAMPLES = """\b
Try it:
  palpate demo                                    a whole small world, served on 127.0.0.1:8000
  palpate crawl --source wa_doh --region WA       read Washington's register
  palpate search "trapped nerve near Stony Plain" the same search the site uses
"""


@click.group(epilog=EXAMPLES, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="palpate", message="palpate %(version)s")
def palpate() -> None:
    """A directory of medical massage therapists whose credentials are checked at the source.

    Settings come from PALPATE_* in the environment, then from palpate.toml. Add --debug to any command for the trace
    of a failure.
    """


for module in (gather, decide, find, notify, operate, labour, accounts):
    for command in module.COMMANDS:
        palpate.add_command(command)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code."""
    words = list(sys.argv[1:] if argv is None else argv)
    debug = "--debug" in words
    try:
        result = palpate.main(args=[w for w in words if w != "--debug"], prog_name="palpate", standalone_mode=False)
        sys.stdout.flush()
        return result if isinstance(result, int) else 0
    except click.exceptions.NoArgsIsHelpError as error:
        click.echo(error.format_message(), err=True)
        return 2
    except click.UsageError as error:
        command = error.ctx.command_path if error.ctx else "palpate"
        return _fail(f"{error.format_message()} See `{command} --help`.", 2, debug)
    except click.exceptions.Exit as error:
        return error.exit_code
    except (click.Abort, KeyboardInterrupt):
        return _fail("Stopped. What was stored is kept; the same command goes on from there.", 1, debug)
    except PalpateError as error:
        return _fail(str(error), find_exit_code(error), debug)
    except BrokenPipeError:
        # The reader of our output went away (`| head`): not our failure, and nothing more can be said to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        return _fail(f"{error.strerror or error}{where}.", 1, debug)
    except Exception as error:
        return _fail(f"Unexpected {type(error).__name__}: {error}. This is a defect; --debug shows where.", 1, debug)


def _fail(message: str, code: int, debug: bool) -> int:
    if debug:
        traceback.print_exc()
    click.echo("palpate: " + " ".join(message.split()), err=True)
    return code


if __name__ == "__main__":
    sys.exit(main())
