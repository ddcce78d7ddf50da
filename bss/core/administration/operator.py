"""Whose system it is, as it stands on papers."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import StringConstraints

from bss.core.administration.events import OperatorUpdated
from bss.core.errors import rule
from bss.core.events import publish
from bss.core.models import OperatorProfile, PastProfile
from bss.core.models.identity import PRINTED
from bss.core.registry import operation

NOTHING = rule("operator.update.nothing", "Say what changes: {fields}.")
Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120, pattern=r"^[^\n]*$")
]
TaxId = Annotated[str, StringConstraints(strip_whitespace=True, max_length=40, pattern=r"^[^\n]*$")]
Address = Annotated[str, StringConstraints(strip_whitespace=True, max_length=400)]
Country = Annotated[str, StringConstraints(pattern=r"^[A-Z]{2}$")]


def operator_view(_: str = "") -> dict[str, Any]:
    """The operator of this installation."""
    profile = OperatorProfile.load()
    return {
        "legalName": profile.legal_name,
        "taxId": profile.tax_id or None,
        "address": profile.address or None,
        "country": profile.country,
        "zone": profile.zone,
        "currency": profile.currency,
    }


@operation("operator.get", effect="read", roles="care supervisor engineer finance catalog_manager")
def get_operator() -> dict[str, Any]:
    """Show who operates this installation, and what receipts bear."""
    return operator_view()


@operation("operator.update", roles="finance", result=operator_view)
def update_operator(
    *,
    legal_name: Name | None = None,
    tax_id: TaxId | None = None,
    address: Address | None = None,
    country: Country | None = None,
) -> OperatorProfile:
    """Change what receipts bear from the next one on; those issued keep what they bore.

    With a tax number the sales tax of the country is collected; an empty one ends that.
    """
    given = {"legal_name": legal_name, "tax_id": tax_id, "address": address, "country": country}
    wanted = {name: value for name, value in given.items() if value is not None}
    if not wanted:
        raise NOTHING(fields=", ".join(PRINTED))
    profile = _locked()
    before = {name: getattr(profile, name) for name in PRINTED}
    changed = sorted(name for name, value in wanted.items() if before[name] != value)
    if changed:
        PastProfile.objects.create(**before)
        for name in changed:
            setattr(profile, name, wanted[name])
        profile.save(update_fields=changed)
        publish(
            OperatorUpdated(changed=changed),
            aggregate="operator",
            summary=f"Operator: {', '.join(changed)} changed".replace("_", " "),
            before={name: before[name] for name in changed},
            after={name: wanted[name] for name in changed},
        )
    return profile


def _locked() -> OperatorProfile:
    OperatorProfile.objects.get_or_create(pk=1)
    return OperatorProfile.objects.select_for_update(no_key=True).get(pk=1)
