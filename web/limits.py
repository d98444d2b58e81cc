"""How much one client may ask in a while; kept in memory, by a keyed digest of the address, never on disk."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from hashlib import blake2b
from threading import Lock

from starlette.requests import Request

from directory.clock import Clock

MOST_CLIENTS = 50_000


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a client, and in how many seconds it is whole again."""

    allowed: bool
    limit: int
    remaining: int
    reset_s: int


class Limiter:
    """Counts requests in fixed windows; the least recent client is forgotten first."""

    def __init__(self, limit: int, window_s: int, *, clock: Clock, secret: str) -> None:
        self.limit, self.window_s = limit, window_s
        self._clock, self._key = clock, blake2b(secret.encode(), digest_size=32).digest()
        self._counts: OrderedDict[bytes, tuple[int, int]] = OrderedDict()
        self._lock = Lock()

    def take(self, client: str) -> Allowance:
        """Count one request of this client."""
        now = int(self._clock.now().timestamp())
        window = now // self.window_s
        who = blake2b(client.encode(), key=self._key, digest_size=16).digest()
        with self._lock:
            since, count = self._counts.pop(who, (window, 0))
            count = count + 1 if since == window else 1
            self._counts[who] = (window, count)
            if len(self._counts) > MOST_CLIENTS:
                self._counts.popitem(last=False)
        return Allowance(
            count <= self.limit, self.limit, max(0, self.limit - count), self.window_s - now % self.window_s
        )


def name_client(request: Request) -> str:
    """The address a request comes from."""
    return request.client.host if request.client else "unknown"
