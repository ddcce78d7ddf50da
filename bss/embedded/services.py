"""PostgreSQL and Valkey, each started unless one is given."""

from collections.abc import Mapping

from bss.embedded import postgres, valkey
from bss.embedded.places import free_port, own_secrets, require_disk, write_private
from bss.embedded.tree import Tree

SERVICES = {"DATABASE_URL": "PostgreSQL", "REDIS_URL": "Valkey"}
MADE_UP = ("SECRET_KEY", "BSS_BASE_URL")


def given_settings() -> dict[str, str]:
    """What the environment or .env says, of all that we would make up."""
    from bss.settings.environment import env

    found = {name: env(name, default="") for name in (*SERVICES, *MADE_UP)}
    return {name: value for name, value in found.items() if value}


def start_services(
    tree: Tree, given: Mapping[str, str], *, volatile: bool = False
) -> dict[str, str]:
    """Start what is not given; every address and secret as environment variables."""
    found = tree.found
    kept = own_secrets(found)
    env = {"SECRET_KEY": kept["secret_key"], "BSS_VAR": str(found.var), **given}
    if "DATABASE_URL" not in given:
        require_disk(found.store)
        env["DATABASE_URL"] = start_postgres(tree, volatile)
    if "REDIS_URL" not in given:
        env["REDIS_URL"] = start_valkey(tree, kept, volatile)
    return env


def start_postgres(tree: Tree, volatile: bool) -> str:
    found, folder = tree.found, postgres.binaries()
    recipe = postgres.recipe(found, volatile=volatile)
    tree.start_ready(recipe, lambda: postgres.accepts(found, folder))
    postgres.make_database(found, folder)
    return postgres.url(found)


def start_valkey(tree: Tree, kept: dict[str, str | int], volatile: bool) -> str:
    found = tree.found
    port = free_port(int(kept["valkey_port"]))
    if port != kept["valkey_port"]:
        kept["valkey_port"] = port
        write_private(found.var / "secrets.json", kept)
    password = str(kept["valkey_password"])
    recipe = valkey.recipe(found, kept, volatile=volatile)
    tree.start_ready(recipe, lambda: valkey.answers(port, password))
    return valkey.url(port, password)
