"""Recipes for what other systems ask for."""

from __future__ import annotations

from bss.core.operations import run

from .recipes import Args, plain, recipe

PERSON = {"given_name": "Eve", "family_name": "Ho"}
plain("individual.create", **PERSON)
plain("document.keep", resource="category", body={"name": "Plans"})
plain("hub.register", api="party/v4", callback="http://127.0.0.1:9/told")


@recipe("individual.update")
def another_name() -> Args:
    return {"individual_id": run("individual.create", **PERSON)["id"], "given_name": "Eva"}


@recipe("individual.remove")
def nobody_any_more() -> Args:
    return {"individual_id": run("individual.create", **PERSON)["id"]}


@recipe("document.change")
def another_body() -> Args:
    document = run("document.keep", resource="category", body={"name": "Plans"})
    return {"document_id": document["id"], "body": {"name": "Others"}}


@recipe("document.remove")
def no_document() -> Args:
    document = run("document.keep", resource="category", body={"name": "Plans"})
    return {"document_id": document["id"]}


@recipe("hub.unregister")
def nobody_listens() -> Args:
    hub = run("hub.register", api="party/v4", callback="http://127.0.0.1:9/told")
    return {"hub_id": hub["id"], "api": "party/v4"}
