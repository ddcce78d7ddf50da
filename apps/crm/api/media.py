"""Contact media, as TMF629 and TMF632 spell them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from apps.crm.models import ContactMedium
from bss.core.clock import iso
from bss.core.errors import InvalidArguments
from bss.tmf.filters import Filter
from bss.tmf.resources import Changed, Step
from bss.tmf.shapes import Loose, Text, TimePeriod

# Where a medium of each type keeps its value.
PLACES = {"email": "emailAddress", "phone": "phoneNumber", "postal": "street1"}
TYPES = {"mobile": "phone", "telephone": "phone", "postalAddress": "postal", "address": "postal"}


@dataclass(frozen=True)
class FullName(Filter):
    """Given and family name together, whatever their case, as the index has them."""

    def values(self, word: str) -> Sequence[str]:
        """The name with and without a family name."""
        return [word.lower(), f"{word.lower()} "]


class Detail(Loose):
    email_address: Text = ""
    phone_number: Text = ""
    street1: Text = ""


class Medium(Loose):
    medium_type: Text = ""
    preferred: bool = False
    characteristic: Detail = Detail()
    valid_for: TimePeriod = TimePeriod()

    @property
    def kind(self) -> str:
        """Its type in our words: as it is told, or as its value tells."""
        told = TYPES.get(self.medium_type, self.medium_type)
        detail = self.characteristic.model_dump(by_alias=True)
        shown = [kind for kind, place in PLACES.items() if detail.get(place)]
        return told if told in PLACES else shown[0] if shown else ""

    @property
    def value(self) -> str:
        """The address itself."""
        if self.kind not in PLACES:
            raise InvalidArguments("contactMedium: mediumType is one of email, phone, postal.")
        return str(self.characteristic.model_dump(by_alias=True).get(PLACES[self.kind]) or "")


def shown(media: Iterable[ContactMedium]) -> list[dict[str, Any]]:
    """Live media of a customer."""
    return [
        {
            "id": medium.public_id,
            "mediumType": medium.medium_type,
            "preferred": medium.is_primary,
            "characteristic": {PLACES[medium.medium_type]: medium.value},
            "validFor": {"startDateTime": iso(medium.valid_from)},
            "@type": "ContactMedium",
        }
        for medium in media
    ]


def first(media: Iterable[Medium]) -> dict[str, str]:
    """The first e-mail address and phone number of some media, as operations take them."""
    found: dict[str, str] = {}
    for medium in media:
        if medium.kind in ("email", "phone") and medium.value:
            found.setdefault(medium.kind, medium.value)
    return found


def changed(customer_id: str, resource: Changed) -> list[Step]:
    """What turns the media of a customer into those that are wanted."""
    was = {medium_of(one): one["id"] for one in resource.was.get("contactMedium", [])}
    now = [medium_of(one) for one in resource.now.get("contactMedium", [])]
    added = [medium for medium in dict.fromkeys(now) if medium not in was]
    removed = [medium for medium in was if medium not in now]
    steps = []
    for kind, value in added:
        replaced = next((one for one in removed if one[0] == kind), None)
        if replaced and kind != "postal":
            removed.remove(replaced)
            steps.append(Step("customer.update_contact", {"customer_id": customer_id, kind: value}))
        else:
            args = {"customer_id": customer_id, "medium_type": kind, "value": value}
            steps.append(Step("customer.add_contact_medium", args))
    for medium in removed:
        args = {"customer_id": customer_id, "medium_id": was[medium]}
        steps.append(Step("customer.remove_contact_medium", args))
    return steps


def medium_of(sent: Any) -> tuple[str, str]:
    """A medium's type and address."""
    medium = Medium.model_validate(sent)
    return medium.kind, medium.value
