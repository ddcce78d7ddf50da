"""What plans mean for the network."""

from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from apps.catalog import policies, queries
from apps.catalog.events import SpecificationAdded
from apps.catalog.models import (
    ProductServiceMapping,
    ProductSpecification,
    ServiceSpecification,
)
from apps.catalog.operations.offerings import Code
from bss.core.events import publish
from bss.core.operations import operation

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=120)]
Codes = Annotated[list[Code], Field(min_length=1, max_length=20)]
Action = Literal["activate", "block", "unblock", "change", "terminate"]
Tasks = dict[Action, list[Code]]


@operation(
    "catalog.add_specification",
    effect="write",
    roles="catalog_manager",
    result=queries.specification_view,
)
def add_specification(
    *,
    specification_id: Code,
    name: Name,
    cfs_spec_id: Code,
    rfs_spec_ids: Codes,
    tasks: Tasks,
    description: str = "",
) -> ProductSpecification:
    """Say what a new family of plans is in the network: its services, and the tasks of each action.

    Services nobody knows yet are added under their ids.
    """
    policies.require_new_specification(specification_id)
    policies.require_actions(tasks)
    specification: ProductSpecification = ProductSpecification.objects.create(
        id=specification_id, name=name, description=description
    )
    cfs = known_service(cfs_spec_id, "CFS")
    mapping = ProductServiceMapping.objects.create(
        specification=specification, cfs=cfs, tasks=tasks
    )
    mapping.rfs.set([known_service(each, "RFS") for each in dict.fromkeys(rfs_spec_ids)])
    publish(
        SpecificationAdded(specification_id=specification.pk, cfs_spec_id=cfs.pk),
        aggregate=specification,
        summary=f"{name} added to the catalog as {cfs_spec_id}",
        after=audited(specification, cfs_spec_id, rfs_spec_ids, tasks),
    )
    return specification


def known_service(spec_id: str, type: str) -> ServiceSpecification:
    """The service of that id, made when there is none; of the other type it is refused."""
    found, _ = ServiceSpecification.objects.get_or_create(
        pk=spec_id, defaults={"name": spec_id, "type": type}
    )
    policies.require_type(found, type)
    return found


def audited(
    specification: ProductSpecification, cfs: str, rfs: list[str], tasks: Tasks
) -> dict[str, Any]:
    """What the audit log keeps of a family of plans."""
    return {"name": specification.name, "cfs": cfs, "rfs": rfs, "tasks": tasks}
