"""What import contracts cannot see."""

import ast
import inspect
import tomllib
from pathlib import Path

from django.apps import apps

from bss.core.registry import registry
from tests.architecture.sources import PROJECT, product_files

CONTRACTS = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["importlinter"]
LAYERS = [layer.strip("()") for layer in CONTRACTS["contracts"][0]["layers"]]
HEIGHT = {
    module.strip(): height
    for height, layer in enumerate(reversed(LAYERS))
    for module in layer.split("|")
}
OUTSIDE = ("django.http", "django.core.mail", "django.shortcuts", "bss.core.invocation")


def relations():
    for model in apps.get_models():
        for field in model._meta.get_fields():
            target = getattr(field, "related_model", None)
            if field.concrete and isinstance(target, type):
                yield f"{model.__name__}.{field.name}", app_of(model), app_of(target)


def app_of(model):
    return model._meta.app_config.name


def test_foreign_keys_point_down():
    assert not [
        key
        for key, source, target in relations()
        if source != target and {source, target} <= set(HEIGHT) and HEIGHT[source] <= HEIGHT[target]
    ]


def verbs_and_reactions():
    return [
        path
        for path in product_files()
        if {"operations", "handlers"} & layer_of(path) and PROJECT / "apps" in path.parents
    ]


def layer_of(path: Path) -> set[str]:
    return {path.stem, path.parent.name}


def imported(path: Path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{name.name}" for name in node.names)


def test_operations_and_handlers_touch_only_the_database():
    assert not [
        f"{path.relative_to(PROJECT)} imports {name}"
        for path in verbs_and_reactions()
        for name in imported(path)
        if name.startswith(OUTSIDE)
    ]


def test_every_operation_begins_with_one_sentence():
    assert not [
        operation.name
        for operation in registry().values()
        if not is_sentence(operation.doc.partition("\n\n")[0])
    ]


def is_sentence(text):
    return text.endswith(".") and ". " not in " ".join(text.split())


def test_every_operation_takes_keyword_arguments_only():
    assert not [
        operation.name
        for operation in registry().values()
        if inspect.unwrap(operation.function).__code__.co_argcount
    ]
