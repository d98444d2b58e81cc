"""Structured data of a page: JSON-LD (mended where broken), microdata and RDFa-lite, as one list of plain nodes."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from typing import TypeAlias

from lxml import etree

from crawler.extraction.document import Document, clean

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
Node: TypeAlias = "dict[str, Json]"

MAX_NODES = 400
MAX_JSON_CHARS = 300_000

_STRING = r'"(?:[^"\\\n]|\\.)*+"'
_COMMENT = re.compile(rf"({_STRING})|<!--|-->|<!\[CDATA\[|\]\]>|/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)
_TRAILING_COMMA = re.compile(rf"({_STRING})|,(?=\s*[}}\]])")
_BUSINESS = re.compile(
    r"business|massage|spa\b|^dayspa|salon|clinic|medical|health|organi[sz]ation|therap|physiciansoffice|practice|"
    r"store|"
    r"physician|corporation|sportsactivity|bodywork|beauty",
    re.IGNORECASE,
)
_NOT_BUSINESS = re.compile(
    r"^(?:website|webpage|.*page|.*article|blog.*|review|.*rating|medicalcondition|medicaltherapy|medicalprocedure|"
    r"offer.*|service|product|person|.*action|.*specification|imageobject|place|postaladdress|.*audience|educational.*|"
    r"medicalspecialty|medicalwebpage|healthinsuranceplan|.*course)$",
    re.IGNORECASE,
)

# Under these stand schools, colleges, associations and web designers, never the practice itself.
_OTHER_PARTIES = frozenset({"recognizedBy", "alumniOf", "memberOf", "affiliation", "issuedBy", "sponsor", "creator"})


def read_nodes(document: Document) -> list[Node]:
    """Every typed node of the page's structured data, blocks that share an `@id` merged."""
    nodes: list[Node] = []
    for block in document.json_ld:
        for value in parse_json(block):
            nodes.extend(_flatten(value, MAX_NODES - len(nodes)))
    if document.has_items and document.root is not None:
        nodes.extend(_read_items(document.root))
    return _merge(nodes[:MAX_NODES])


def parse_json(text: str) -> list[Json]:
    """The JSON values in a script, after mending what pages get wrong; empty where nothing can be read."""
    text = text.strip()[:MAX_JSON_CHARS]
    if not text:
        return []
    for attempt in (text, _mend(text), html.unescape(_mend(text))):
        values = _read_all(attempt)
        if values:
            return values
    return []


def _mend(text: str) -> str:
    text = _COMMENT.sub(lambda found: found[1] or " ", text)
    return _TRAILING_COMMA.sub(lambda found: found[1] or "", text)


def _read_all(text: str) -> list[Json]:
    """All JSON values standing one after another in `text`."""
    decoder = json.JSONDecoder(strict=False)
    values: list[Json] = []
    at = 0
    while len(values) < 20:
        start = min((i for i in (text.find("{", at), text.find("[", at)) if i >= 0), default=-1)
        if start < 0:
            break
        try:
            value, at = decoder.raw_decode(text, start)
        except (ValueError, RecursionError):
            break
        values.append(value)
    return values


def _flatten(value: Json, room: int) -> Iterator[Node]:
    """The dictionaries inside `value` that say what they are, outermost first."""
    stack: list[tuple[Json, int]] = [(value, 0)]
    while stack and room > 0:
        item, depth = stack.pop()
        if depth > 12:
            continue
        if isinstance(item, dict):
            if "@type" in item or "@id" in item:
                room -= 1
                yield item
            stack.extend(
                (part, depth + 1)
                for key, part in reversed(item.items())
                if isinstance(part, dict | list) and key not in _OTHER_PARTIES
            )
        elif isinstance(item, list):
            stack.extend((part, depth + 1) for part in reversed(item) if isinstance(part, dict | list))


def _merge(nodes: list[Node]) -> list[Node]:
    by_id: dict[str, Node] = {}
    merged: list[Node] = []
    for node in nodes:
        key = node.get("@id")
        if isinstance(key, str) and key in by_id:
            for name, value in node.items():
                by_id[key].setdefault(name, value)
            continue
        own = dict(node)
        if isinstance(key, str):
            by_id[key] = own
        merged.append(own)
    return [node for node in merged if types_of(node)]


def types_of(node: Node) -> list[str]:
    """The node's types without their vocabulary's address."""
    kinds = node.get("@type")
    listed = kinds if isinstance(kinds, list) else [kinds]
    return [re.split(r"[/#:]", kind)[-1] for kind in listed if isinstance(kind, str) and kind]


def is_business(node: Node) -> bool:
    """Whether the node is a business or its place, whatever type its author invented."""
    kinds = types_of(node)
    if any(_NOT_BUSINESS.match(kind) for kind in kinds) and not any(kind == "MassageTherapist" for kind in kinds):
        return False
    if any(_BUSINESS.search(kind) for kind in kinds):
        return True
    return bool(kinds) and bool(node.get("address")) and bool(node.get("name"))


def is_person(node: Node) -> bool:
    return "Person" in types_of(node)


def texts_of(value: Json, *, limit: int = 50) -> list[str]:
    """The texts in a value: itself, its items', or the name of a node."""
    found: list[str] = []
    stack: list[Json] = [value]
    while stack and len(found) < limit:
        item = stack.pop()
        if isinstance(item, str):
            text = clean(html.unescape(item))
            if text:
                found.append(text)
        elif isinstance(item, int | float) and not isinstance(item, bool):
            found.append(str(item))
        elif isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            stack.append(item.get("name") or item.get("@value") or item.get("value"))
    return found


def text_of(value: Json) -> str | None:
    """The first text in a value."""
    return next(iter(texts_of(value, limit=1)), None)


def nodes_of(value: Json) -> list[Node]:
    """The nodes in a value that may be one, several or none."""
    listed = value if isinstance(value, list) else [value]
    return [item for item in listed if isinstance(item, dict)]


# --- microdata and RDFa-lite ------------------------------------------------------------------------------


def _read_items(root: etree._Element) -> list[Node]:
    nodes: list[Node] = []
    for element in root.iter():
        if len(nodes) >= MAX_NODES:
            break
        if isinstance(element.tag, str) and (element.get("itemscope") is not None or element.get("typeof")):
            parent = next((a for a in element.iterancestors() if _is_item(a)), None)
            if parent is None:
                nodes.extend(_flatten(_read_item(element, 0), MAX_NODES))
    return nodes


def _is_item(element: etree._Element) -> bool:
    return element.get("itemscope") is not None or element.get("typeof") is not None


def _read_item(scope: etree._Element, depth: int) -> Node:
    kind = scope.get("itemtype") or scope.get("typeof") or ""
    node: Node = {"@type": list(kind.split())} if kind else {}
    if scope.get("itemid") or scope.get("resource"):
        node["@id"] = scope.get("itemid") or scope.get("resource")
    stack = list(reversed(scope))
    while stack:
        element = stack.pop()
        names = (element.get("itemprop") or element.get("property") or "").split()
        if _is_item(element):
            value: Json = _read_item(element, depth + 1) if depth < 8 else None
        else:
            value = _item_value(element) if names else None
            stack.extend(reversed(element))
        for name in names:
            _add(node, re.split(r"[/#:]", name)[-1], value)
    return node


def _item_value(element: etree._Element) -> str:
    for attribute in ("content", "datetime"):
        if element.get(attribute):
            return clean(element.get(attribute) or "")
    if element.tag in ("a", "link") and element.get("href"):
        href = element.get("href") or ""
        return href if not href.startswith(("tel:", "mailto:")) else href.split(":", 1)[1].split("?")[0]
    if element.tag == "img":
        return element.get("src") or ""
    return clean(" ".join(str(part) for part in element.itertext()))[:2000]


def _add(node: Node, name: str, value: Json) -> None:
    held = node.get(name)
    if held is None:
        node[name] = value
    elif isinstance(held, list):
        held.append(value)
    else:
        node[name] = [held, value]
