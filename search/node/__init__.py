"""A genuine Elasticsearch node on this machine without Docker: for developers, tests and benchmarks.

Elastic publishes the server and its HTTP transport to Maven Central; `home` puts them together, `process` starts them.
"""

from search.node.process import RunningNode, start_cluster, start_node

__all__ = ["RunningNode", "start_cluster", "start_node"]
