"""Who holds a lock on building, and whether that process is still there."""

from __future__ import annotations

import os
import socket


def make_owner() -> str:
    """Who this process is, for locks and claims."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_gone(owner: str) -> bool:
    """Whether the owner was a process of this machine that has ended; of another machine's nothing is known."""
    host, _, process = owner.rpartition(":")
    if host != socket.gethostname() or not process.isdigit():
        return False
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
