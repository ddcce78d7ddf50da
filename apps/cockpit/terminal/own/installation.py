"""`bss installation export` and `restore`: everything, in files that any program can read."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.text import Text

from apps.cockpit.terminal.how import As, Json, Yes, identity
from apps.cockpit.terminal.output import bar, console, error_console, print_json
from bss.core import portable
from bss.core.errors import Rule
from bss.core.operations import invoke

app = typer.Typer(add_completion=False, help="Take out everything, and bring it in elsewhere.")
MANIFEST = "manifest.json"
LINES = 1000
NOT_EMPTY = Rule("terminal.export.folder_empty", "{folder} is not empty; name a new folder.")
NO_EXPORT = Rule("terminal.restore.export", "{folder} holds no export: {reason}.")
NOT_ASKED = Rule(
    "terminal.confirm.required",
    "installation.restore cannot be taken back: it replaces all that is here; add --yes.",
)
Folder = Annotated[Path, typer.Argument(help="The folder of the export.")]


@app.command("export")
def export(folder: Folder, as_json: Json = False, acting_as: As = None) -> None:
    """Write every table as lines of JSON into a new folder, with a manifest of checksums.

    Secrets are sealed with this installation's SECRET_KEY. docs/data.md tells what is where.
    """
    with identity(acting_as), bar(quiet=as_json) as far:
        if folder.exists() and any(folder.iterdir()):
            raise NOT_EMPTY(folder=folder)
        told = invoke("installation.export").result
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        found = portable.tables()
        task = far.add_task("Exporting", total=len(found))
        files = []
        with portable.snapshot():
            for table in found:
                files.append(written(table, folder))
                far.advance(task)
            whole = portable.manifest(files, told["at"])
        (folder / MANIFEST).write_text(json.dumps(whole, indent=1) + "\n")
    rows = sum(one["rows"] for one in files)
    if as_json:
        print_json({"tables": len(files), "rows": rows, "folder": str(folder)})
    else:
        console().print(Text(f"{rows:,} rows of {len(files)} tables are in {folder}."))


def written(table: portable.Table, folder: Path) -> dict[str, Any]:
    """Write one table; what the manifest says of it."""
    digest, rows = hashlib.sha256(), 0
    with (folder / table.file).open("wb") as out:
        for line in portable.lines_of(table):
            data = f"{line}\n".encode()
            digest.update(data)
            out.write(data)
            rows += 1
    told = {"table": table.name, "file": table.file, "rows": rows}
    return {**told, "columns": list(table.columns), "sha256": digest.hexdigest()}


@dataclass(frozen=True)
class Export:
    """An export whose files are as its manifest says."""

    folder: Path
    manifest: dict[str, Any]

    @classmethod
    def checked(cls, folder: Path) -> Export:
        """The export of a folder; refused unless every file is whole."""
        try:
            manifest = json.loads((folder / MANIFEST).read_text())
            files = [(one["file"], one["sha256"]) for one in manifest["files"]]
            version = manifest["format"]
        except (OSError, ValueError, LookupError, TypeError) as error:
            raise NO_EXPORT(folder=folder, reason=f"{MANIFEST}: {error}") from None
        if version != portable.FORMAT:
            raise NO_EXPORT(folder=folder, reason=f"its format is {version}")
        for name, digest in files:
            # A name from a file may lead anywhere.
            if Path(name).name != name or checksum(folder / name) != digest:
                raise NO_EXPORT(folder=folder, reason=f"{name} is not what the manifest says")
        return cls(folder, manifest)

    def parts(self, one: dict[str, Any]) -> Iterator[tuple[int, list[str]]]:
        """The lines of a file, with how many came before."""
        above = 0
        with (self.folder / one["file"]).open(encoding="utf-8", newline="\n") as lines:
            while part := list(islice(lines, LINES)):
                yield above, [line.rstrip("\n") for line in part]
                above += len(part)
        if not above:
            yield 0, []

    @property
    def rows(self) -> dict[str, int]:
        """How many rows each table has."""
        return {one["table"]: one["rows"] for one in self.manifest["files"]}


def checksum(path: Path) -> str:
    """The digest of a file, nothing when there is none."""
    if not path.is_file():
        return ""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@app.command("restore")
def restore(folder: Folder, yes: Yes = False, as_json: Json = False, acting_as: As = None) -> None:
    """Bring an export into an installation without customers; what it holds is replaced.

    Stop the installation that the export is from first: both would go on with its work. When
    this is interrupted, start it again.
    """
    with identity(acting_as):
        found = Export.checked(folder)
        if not yes:
            ask(found)
        with bar(quiet=as_json) as far:
            task = far.add_task("Reading", total=max(sum(found.rows.values()), 1))
            for one in found.manifest["files"]:
                for above, lines in found.parts(one):
                    args = {"table": one["table"], "lines": lines, "above": above}
                    invoke("installation.receive", args)
                    far.advance(task, len(lines))
            far.update(task, description="Bringing in")
            told = invoke("installation.restore", asked_of(found)).result
    if as_json:
        print_json(told)
    else:
        console().print(Text(f"{told['rows']:,} rows of {told['tables']} tables were brought in."))


def asked_of(found: Export) -> dict[str, Any]:
    """What the operation must know besides the rows."""
    return {
        "rows": found.rows,
        "migrations": found.manifest["schema"],
        "last_ids": found.manifest["last_ids"],
    }


def ask(found: Export) -> None:
    """Go on only when somebody says so."""
    if not sys.stdin.isatty():
        raise NOT_ASKED()
    rows = sum(found.rows.values())
    made = found.manifest["made_at"]
    error_console().print(f"{rows:,} rows from {made} replace all that is here.")
    if not typer.confirm("Go ahead?"):
        raise typer.Exit(2)
