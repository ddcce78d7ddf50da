"""Sizes beyond which a reader gets lost."""

import ast
import io
import tokenize
from itertools import chain

import pytest

from tests.architecture.sources import PROJECT, files_of_tests, product_files, project_files

FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
BANNED_MODULES = {"utils", "helpers", "common", "manager", "base2", "data", "info", "process"}


def functions(path):
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, FUNCTIONS)]


def length(node):
    return node.end_lineno - node.lineno + 1


def too_long(paths, most):
    return [
        f"{path.relative_to(PROJECT)}:{node.lineno} {node.name} has {length(node)} lines"
        for path in paths
        for node in functions(path)
        if length(node) > most
    ]


def test_no_function_is_longer_than_a_page():
    assert not too_long(product_files(), 50)


def test_no_test_is_longer_than_forty_lines():
    assert not too_long(files_of_tests(), 40)


def test_no_function_takes_more_than_six_arguments_by_position():
    assert not [
        f"{path.relative_to(PROJECT)}:{node.lineno} {node.name}"
        for path in product_files()
        for node in functions(path)
        if len([*node.args.posonlyargs, *node.args.args]) > 6
    ]


@pytest.mark.parametrize(
    ("paths", "most"),
    [
        (product_files(), 400),
        (files_of_tests(), 400),
        (project_files("*.html", "*.txt"), 120),
    ],
    ids=["product", "tests", "templates"],
)
def test_no_file_is_too_long(paths, most):
    assert not [
        f"{path.relative_to(PROJECT)} has {lines} lines"
        for path in paths
        if (lines := len(path.read_text().splitlines())) > most
    ]


def explaining_lines(path):
    source = path.read_text()
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    comments = {token.start[0] for token in tokens if token.type == tokenize.COMMENT}
    nodes = [node for node in ast.walk(ast.parse(source)) if hasattr(node, "body")]
    docs = (docstring(node) for node in nodes)
    return comments | set(chain.from_iterable(docs))


def docstring(node):
    first = node.body[0] if isinstance(node.body, list) and node.body else None
    if isinstance(first, ast.Expr) and isinstance(getattr(first.value, "value", None), str):
        return range(first.lineno, first.end_lineno + 1)
    return ()


def test_code_is_not_drowned_in_words():
    paths = product_files()
    words = sum(len(explaining_lines(path)) for path in paths)
    lines = sum(len(path.read_text().splitlines()) for path in paths)

    assert words <= 0.12 * lines


def test_hardly_anything_catches_everything():
    handlers = [
        f"{path.relative_to(PROJECT)}:{node.lineno}"
        for path in product_files()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler) and is_broad(node)
    ]
    lines = sum(len(path.read_text().splitlines()) for path in product_files())

    assert len(handlers) <= max(4, lines / 5000), handlers


def is_broad(handler):
    reraises = any(isinstance(node, ast.Raise) for node in ast.walk(handler))
    name = getattr(handler.type, "id", None)
    return not reraises and (handler.type is None or name in ("Exception", "BaseException"))


def test_names_say_something():
    assert not [path for path in product_files() if path.stem in BANNED_MODULES]
    assert not [
        f"{path.relative_to(PROJECT)}: {node.name}"
        for path in product_files()
        for node in functions(path)
        if node.name.startswith("handle_")
    ]
