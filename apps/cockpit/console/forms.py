"""The form of an operation, made of its argument model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum
from typing import Any, get_args, get_origin

from pydantic.alias_generators import to_camel

from apps.cockpit.queries.slots import Slot, sentence
from bss.core.errors import BssError, InvalidArguments
from bss.core.registry import Operation

from .choices import choices_for

LONG = ("description", "body", "note", "notes", "summary", "resolution_notes", "message", "text")
REASON = "reason"
# Where the word of the code is not the word of whoever reads the form.
LABELS = {
    "offering_id": "Plan",
    "new_offering_id": "New plan",
    "vas_offering_id": "Top-up",
    "agent_id": "Colleague",
    "msisdn": "Number",
    "msisdn_preference": "Number they wish for",
    "skip_assigned_offer": "Leave out promotions assigned to them",
    "keep_renewing": "Keep renewing meanwhile",
    "took_back": "What is taken back for it",
    "to_state": "State",
}


@dataclass(frozen=True)
class Field:
    """One field of a form."""

    name: str
    label: str
    kind: str  # text | long | number | yes | choice | day | moment | list | json
    required: bool
    value: str
    choices: list[tuple[str, str]]
    hint: str = ""
    error: str = ""

    @property
    def input(self) -> str:
        """The kind of `<input>` that takes it."""
        kinds = {"day": "date", "moment": "datetime-local", "number": "number"}
        return "password" if self.name == "password" else kinds.get(self.kind, "text")


@dataclass(frozen=True)
class Form:
    """An operation's form: what is settled already, and what is asked."""

    operation: Operation
    given: dict[str, str]
    fields: list[Field]
    error: str = ""
    rule: str = ""

    @property
    def title(self) -> str:
        """What the operation does, in its own words."""
        return sentence(self.operation)


def slots(operation: Operation) -> list[Slot]:
    """The arguments of an operation."""
    fields = operation.arguments.model_fields
    return [Slot(name, field, ()) for name, field in fields.items()]


def asks_reason(operation: Operation) -> bool:
    """True when a reason is demanded that the operation itself has no place for."""
    return operation.needs_confirmation and REASON not in operation.arguments.model_fields


def form_of(
    operation: Operation,
    given: Mapping[str, str],
    typed: Mapping[str, str] | None = None,
    refusal: BssError | None = None,
) -> Form:
    """The form, with what was typed and why it was refused."""
    faults = faults_of(operation, refusal)
    asked = [slot for slot in slots(operation) if slot.name not in given]
    fields = [field_of(operation, slot, given, typed or {}, faults) for slot in asked]
    if asks_reason(operation):
        why = (typed or {}).get(REASON, "")
        hint = "Kept with what you do, for whoever asks later."
        error = faults.get(REASON, "")
        fields.append(Field(REASON, "Reason", "text", True, why, [], hint, error))
    message = refusal.message if refusal and not faults else ""
    known = {name: value for name, value in given.items() if name in names(operation)}
    return Form(operation, known, fields, message, refusal.code if refusal else "")


def names(operation: Operation) -> set[str]:
    """The names of an operation's arguments."""
    return set(operation.arguments.model_fields)


def faults_of(operation: Operation, refusal: BssError | None) -> dict[str, str]:
    """What is wrong with each field, when that is why it was refused."""
    if not isinstance(refusal, InvalidArguments):
        return {}
    spelt = {to_camel(name): name for name in names(operation)}
    faults = {}
    for where, why in refusal.context.items():
        first = where.split(".")[0]
        name = spelt.get(first, first)
        if name in names(operation) or name == REASON:
            faults[name] = str(why)
    return faults


def field_of(
    operation: Operation,
    slot: Slot,
    given: Mapping[str, str],
    typed: Mapping[str, str],
    faults: Mapping[str, str],
) -> Field:
    """The field of one argument."""
    choices = choices_of(operation, slot, given)
    default = slot.field.default
    value = typed.get(slot.name, "" if slot.required or default in (None, False) else str(default))
    must = slot.required or (slot.name == REASON and operation.needs_confirmation)
    kind = "choice" if choices else kind_of(slot)
    label = LABELS.get(slot.name) or slot.name.removesuffix("_id").replace("_", " ").capitalize()
    hint = hint_of(slot, kind)
    return Field(slot.name, label, kind, must, value, choices, hint, faults.get(slot.name, ""))


def choices_of(operation: Operation, slot: Slot, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """The values it may take, if there are only so many."""
    if picked := choices_for(operation.name, slot.name, given):
        return picked
    if isinstance(slot.type, type) and issubclass(slot.type, Enum):
        return [(str(one.value), str(one.value).replace("_", " ")) for one in slot.type]
    if slot.type is not bool and get_origin(slot.shown_type) is not None and not slot.is_list:
        return [(str(one), str(one).replace("_", " ")) for one in get_args(slot.shown_type)]
    return []


def kind_of(slot: Slot) -> str:
    """How an argument is asked for."""
    plain = {bool: "yes", int: "number", datetime: "moment", date: "day"}
    if slot.type in plain:
        return plain[slot.type]
    if slot.is_list:
        return "list"
    if slot.is_structure:
        return "json"
    return "long" if slot.name in LONG else "text"


def hint_of(slot: Slot, kind: str) -> str:
    """What a person must know about a field."""
    told = [slot.field.description or ""]
    if kind == "list":
        told.append("Several, separated by commas.")
    if kind == "json":
        told.append("As JSON.")
    if kind == "moment":
        told.append("In the operator's zone.")
    return " ".join(part for part in told if part)


def arguments(operation: Operation, typed: Mapping[str, str]) -> dict[str, Any]:
    """What was typed, as the operation takes it; what was left empty is left out."""
    args: dict[str, Any] = {}
    for slot in slots(operation):
        value = typed.get(slot.name, "")
        if slot.type is bool and slot.name in typed:
            args[slot.name] = value in ("on", "true", "True", "yes")
        elif value.strip():
            args[slot.name] = slot.read(value.strip())
    missing = {slot.name: "Say this." for slot in slots(operation) if lacks(slot, args, operation)}
    if asks_reason(operation) and not typed.get(REASON, "").strip():
        missing[REASON] = "Say why."
    if missing:
        raise InvalidArguments("Something is missing.", missing)
    return args


def lacks(slot: Slot, args: Mapping[str, Any], operation: Operation) -> bool:
    """True when an argument must be given and was not."""
    wanted = slot.required or (slot.name == REASON and operation.needs_confirmation)
    return wanted and slot.name not in args and slot.type is not bool


def reason_of(operation: Operation, typed: Mapping[str, str]) -> str:
    """Why somebody does it."""
    return typed.get(REASON, "").strip()[:200]
