"""JSON documents: which fields are shown, how they are merged, what identifies a version."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Any

Json = dict[str, Any]
ALWAYS = ("id", "href", "@type")
DEEPEST = 40


def bare(value: Any) -> Any:
    """The same without attributes that have no value: none is ever shown as null."""
    if isinstance(value, dict):
        return {name: bare(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [bare(inner) for inner in value if inner is not None]
    return value


def selected(document: Json, fields: Iterable[str] | None) -> Json:
    """The named fields, and what identifies the resource; `none` names none."""
    if fields is None:
        return document
    tree: Json = {}
    for path in fields:
        branch = tree
        for name in path.split("."):
            branch = branch.setdefault(name, {})
    kept = {name: document[name] for name in ALWAYS if name in document}
    return kept | {name: value for name, value in pick(document, tree).items() if name not in kept}


def pick(value: Any, tree: Json) -> Any:
    """The branches of a value that a tree of names has."""
    if not tree:
        return value
    if isinstance(value, list):
        return [pick(inner, tree) for inner in value]
    if not isinstance(value, dict):
        return value
    return {name: pick(value[name], branch) for name, branch in tree.items() if name in value}


def merged(document: Any, patch: Any) -> Any:
    """A document after a merge patch (RFC 7396)."""
    if not isinstance(patch, dict):
        return patch
    result = dict(document) if isinstance(document, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def depth(value: Any) -> int:
    """How deep a document is nested, without recursion: it may be hostile."""
    deepest, level = 0, [value]
    while level and deepest <= DEEPEST:
        deepest += 1
        level = [
            inner
            for one in level
            if isinstance(one, dict | list)
            for inner in (one.values() if isinstance(one, dict) else one)
        ]
    return deepest


def etag(document: Json) -> str:
    """What identifies this version of a document."""
    text = json.dumps(document, sort_keys=True, separators=(",", ":"), default=str)
    return f'"{hashlib.sha256(text.encode()).hexdigest()[:32]}"'
