"""What TM Forum bodies are made of, as far as several APIs share it."""

from __future__ import annotations

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StrictBool, StringConstraints
from pydantic.alias_generators import to_camel

from bss.core.money import money_text

_MOMENT = re.compile(
    r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?"
    r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)


def rfc_3339(text: str) -> str:
    """A moment with its zone, as it was written."""
    if not _MOMENT.fullmatch(text):
        raise ValueError("a moment like 2026-03-02T12:00:00Z belongs here")
    return text


DateTime = Annotated[str, StringConstraints(strict=True), AfterValidator(rfc_3339)]
Text = Annotated[str, StringConstraints(strict=True, max_length=5000)]
Identifier = Annotated[str, StringConstraints(strict=True, min_length=1, max_length=200)]
Uri = Annotated[str, StringConstraints(strict=True, max_length=2000, pattern=r"^[!-~]+$")]
Whole = Annotated[int, Field(strict=True)]


class Loose(BaseModel):
    """Base of what clients send: camelCase, with room for what we do not know."""

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="allow")


class Reference(Loose):
    """Another resource, by its id."""

    id: Identifier
    href: Uri = ""
    name: Text = ""
    referred_type: Text = Field("", alias="@referredType")


class RelatedParty(Reference):
    """A party and the role it plays."""

    role: Text = ""


class TypedParty(RelatedParty):
    """A party whose kind is told, as customers are to be engaged."""

    referred_type: Identifier = Field(alias="@referredType")


class TimePeriod(Loose):
    """From a moment until another."""

    start_date_time: DateTime = ""
    end_date_time: DateTime = ""


class Note(Loose):
    """A remark."""

    text: Text
    author: Text = ""
    date: DateTime = ""


class Characteristic(Loose):
    """A named value."""

    name: Identifier
    value: Any = None
    value_type: Text = ""


class Quantity(Loose):
    """An amount of something."""

    amount: Annotated[float, Field(strict=True, allow_inf_nan=False)] = 1.0
    units: Text = ""


class Money(Loose):
    """An amount of money."""

    unit: Text = ""
    value: Annotated[float, Field(strict=True, allow_inf_nan=False)]


class Attachment(Loose):
    """A file that is kept elsewhere."""

    id: Identifier = ""
    url: Uri = ""
    name: Text = ""
    description: Text = ""
    mime_type: Text = ""


class Extras(Loose):
    """Attributes that are kept beside the domain and come back unchanged; subclass and list them.

    Whatever `@type` a client gives is kept too, with what describes it.
    """

    model_config = ConfigDict(alias_generator=to_camel, populate_by_name=True, extra="ignore")

    type_of_client: Text = Field("", alias="@type")
    base_type: Text = Field("", alias="@baseType")
    schema_location: Uri = Field("", alias="@schemaLocation")

    @classmethod
    def names(cls) -> set[str]:
        """The attributes as clients spell them."""
        return {str(field.alias) for field in cls.model_fields.values()}

    @classmethod
    def of(cls, body: dict[str, Any]) -> dict[str, Any]:
        """The extension attributes of a body, as they were sent; raises ValidationError."""
        known = {name: value for name, value in body.items() if name in cls.names()}
        cls.model_validate(known)
        return known


Flag = StrictBool


def money(minor: int, currency: str) -> dict[str, Any]:
    """An amount of money as TM Forum writes it."""
    return {"unit": currency, "value": float(money_text(minor))}
