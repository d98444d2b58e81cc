"""Starting and stopping nodes: one alone, or several as a cluster on loopback."""

from __future__ import annotations

import contextlib
import json
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from search.node.home import LOGGING, NodeUnavailableError, prepare_home

HOST = "127.0.0.1"
START_TIMEOUT_S = 600.0  # three at once on a busy machine take minutes
KILL_TIMEOUT_S = 120.0
# A disk that is nearly full, as a developer's may be, is no reason to hold copies back or to refuse to write.
WATERMARKS = {f"cluster.routing.allocation.disk.watermark.{level}": "1mb" for level in ("low", "high", "flood_stage")}


@dataclass
class RunningNode:
    """One node: where it answers, and the process it runs in (`kill` and `stop` are for fault drills)."""

    name: str
    http_port: int
    transport_port: int
    folder: Path
    home: Path
    heap: str
    process: subprocess.Popen[bytes] | None = field(default=None)

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.http_port}"

    def start(self) -> None:
        """Start the process (again, after a kill); it has not joined or answered yet."""
        log = (self.folder / "node.log").open("ab")
        self.process = subprocess.Popen(  # nosec B603  # noqa: S603 - our own interpreter and module
            [sys.executable, "-m", "search.node.server", str(self.home), str(self.folder / "config"), self.heap],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
        )
        log.close()

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self.process is not None and self.process.poll() is None

    def kill(self) -> None:
        """End the process at once, as a power cut would."""
        if self.process:
            self.process.kill()
            self._reap(KILL_TIMEOUT_S)

    def stop(self) -> None:
        """Close the node in good order."""
        if self.process:
            self.process.terminate()
            try:
                self._reap(20)
            except subprocess.TimeoutExpired:
                self.kill()

    def _reap(self, timeout_s: float) -> None:
        if self.process:
            self.process.wait(timeout_s)
            if self.process.stdin:
                self.process.stdin.close()
            self.process = None

    def tail(self) -> str:
        """The last lines of the node's log."""
        path = self.folder / "node.log"
        return "\n".join(path.read_text("utf-8", "replace").splitlines()[-15:]) if path.exists() else ""


@contextlib.contextmanager
def reserve_port() -> Iterator[int]:
    """A free loopback port that the system gives to nobody while the block runs, but to a server that names it."""
    with socket.socket() as held:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # servers set it too: only then may both have it
        held.bind((HOST, 0))
        yield int(held.getsockname()[1])


@contextlib.contextmanager
def start_cluster(
    nodes: int,
    *,
    data_dir: Path | None = None,
    heap: str = "512m",
    http_port: int | None = None,
    settings: Mapping[str, object] | None = None,
) -> Iterator[Sequence[RunningNode]]:
    """A cluster of `nodes` real nodes that answers when the block begins and is gone when it ends.

    Data are kept in `data_dir` if one is given, else in a temporary one. Raises `NodeUnavailableError`.
    """
    home = prepare_home()
    with contextlib.ExitStack() as stack:
        root = data_dir or Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="palpate-elasticsearch-")))
        members = [
            RunningNode(
                name=f"node-{number + 1}",
                http_port=http_port + number if http_port else stack.enter_context(reserve_port()),
                transport_port=stack.enter_context(reserve_port()),
                folder=root / f"node-{number + 1}",
                home=home,
                heap=heap,
            )
            for number in range(nodes)
        ]
        for node in members:
            _write_config(node, members, settings or {})
            node.start()
            stack.callback(node.stop)
        for node in members:
            wait_until_up(node, nodes)
        yield members


@contextlib.contextmanager
def start_node(
    *,
    data_dir: Path | None = None,
    heap: str = "512m",
    http_port: int | None = None,
    settings: Mapping[str, object] | None = None,
) -> Iterator[RunningNode]:
    """One real node that answers when the block begins and is gone when it ends."""
    with start_cluster(1, data_dir=data_dir, heap=heap, http_port=http_port, settings=settings) as nodes:
        yield nodes[0]


def _write_config(node: RunningNode, members: Sequence[RunningNode], extra: Mapping[str, object]) -> None:
    config = node.folder / "config"
    config.mkdir(parents=True, exist_ok=True)
    (config / "log4j2.properties").write_text(LOGGING, "utf-8")
    values: dict[str, object] = {
        "cluster.name": "palpate",
        "node.name": node.name,
        "network.host": HOST,
        "http.port": node.http_port,
        "transport.port": node.transport_port,
        "path.data": str(node.folder / "data"),
        "path.logs": str(node.folder / "logs"),
        **WATERMARKS,
    }
    if len(members) == 1:
        values["discovery.type"] = "single-node"
    else:
        values["discovery.seed_hosts"] = [f"{HOST}:{other.transport_port}" for other in members]
        values["cluster.initial_master_nodes"] = [other.name for other in members]
    lines = [f"{key}: {json.dumps(value)}" for key, value in {**values, **extra}.items()]  # JSON is YAML
    (config / "elasticsearch.yml").write_text("\n".join(lines) + "\n", "utf-8")


def wait_until_up(node: RunningNode, nodes: int = 1, *, timeout_s: float = START_TIMEOUT_S) -> None:
    """Return once the node sees `nodes` members and can answer; raises `NodeUnavailableError` with its last words."""
    deadline = time.monotonic() + timeout_s
    address = f"{node.url}/_cluster/health?wait_for_nodes=%3E%3D{nodes}&wait_for_status=yellow&timeout=1s"
    while time.monotonic() < deadline:
        if not node.is_alive():
            raise NodeUnavailableError(f"The Elasticsearch node ended while starting:\n{node.tail()}")
        try:
            with urllib.request.urlopen(address, timeout=5) as response:  # nosec B310  # noqa: S310 - loopback http
                if not json.load(response)["timed_out"]:
                    return
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
    raise NodeUnavailableError(f"The Elasticsearch node did not answer within {timeout_s:.0f} s:\n{node.tail()}")
