"""The arguments of operations as people give them, at whatever door."""

from __future__ import annotations

import json
import re
import types
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import cached_property
from typing import Any, Literal, Union, get_args, get_origin
from zoneinfo import ZoneInfo

from pydantic.fields import FieldInfo

from bss.core import clock
from bss.core.errors import InvalidArguments
from bss.core.models import OperatorProfile
from bss.core.registry import Operation

AGO = re.compile(r"(\d{1,6})([smhdw])")
UNITS_OF_TIME = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days", "w": "weeks"}


@dataclass(frozen=True)
class Slot:
    """One argument of an operation, as the terminal asks for it."""

    name: str
    field: FieldInfo
    flags: tuple[str, ...]
    # Whatever is typed is taken, or nothing: somebody else makes sense of it.
    loose: bool = False

    @property
    def required(self) -> bool:
        """True when the operation cannot do without it."""
        return self.field.is_required() and not self.loose

    @cached_property
    def type(self) -> Any:
        """Its type without the `| None`."""
        kinds = [
            kind for kind in union_members(self.field.annotation) if kind is not types.NoneType
        ]
        return kinds[0] if len(kinds) == 1 else str

    @property
    def is_list(self) -> bool:
        """True when it takes several plain values."""
        return get_origin(self.type) is list and get_args(self.type)[:1] in ((str,), (int,))

    @property
    def is_plain(self) -> bool:
        """True when one word can hold it."""
        return self.type is not bool and not self.is_list and not self.is_structure

    @property
    def is_structure(self) -> bool:
        """True when it must be written as JSON."""
        return (
            get_origin(self.type) in (list, dict) and not self.is_list or self.type in (dict, list)
        )

    @cached_property
    def shown_type(self) -> Any:
        """The type Typer shows and checks; the operation's own model does the rest."""
        if self.type is bool:
            return bool
        if self.loose:
            return str
        if self.type is int:
            return int
        if get_origin(self.type) is Literal:
            return self.type
        if isinstance(self.type, type) and issubclass(self.type, Enum):
            return Literal[tuple(member.value for member in self.type)]
        return list[str] if self.is_list else str

    def read(self, value: Any) -> Any:
        """What was typed, as the argument model takes it."""
        if self.is_list:
            words = value if isinstance(value, list) else [value]
            return [part for word in words for part in str(word).split(",") if part]
        if self.is_structure and isinstance(value, str):
            return from_json(self.name, value)
        if self.type is datetime and isinstance(value, str):
            return moment(value, ago=self.name == "since")
        return value


def union_members(annotation: Any) -> tuple[Any, ...]:
    """The alternatives of a union, or the type alone."""
    if get_origin(annotation) in (Union, types.UnionType):
        return get_args(annotation)
    return (annotation,)


def moment(text: str, *, ago: bool = False) -> str:
    """A moment without an offset is the operator's own; `7d` may stand for seven days ago."""
    if ago and (found := AGO.fullmatch(text.strip())):
        span = timedelta(**{UNITS_OF_TIME[found[2]]: int(found[1])})
        return (clock.now() - span).isoformat()
    try:
        typed = datetime.fromisoformat(text.strip())
    except ValueError:
        return text
    zone = ZoneInfo(OperatorProfile.load().zone)
    return (typed if typed.tzinfo else typed.replace(tzinfo=zone)).isoformat()


def from_json(name: str, text: str) -> Any:
    """A structure written as JSON."""
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise InvalidArguments(f"{name}: this is not JSON ({error.msg}).") from None


def sentence(operation: Operation) -> str:
    """What an operation does, without the promises that may follow."""
    return operation.doc.partition("\n\n")[0].replace("\n", " ")
