"""`bss receipt download`, `bss credit-note download`: papers as files."""

from __future__ import annotations

from base64 import b64decode
from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from apps.cockpit.terminal.how import READING, How, identity, with_how
from apps.cockpit.terminal.output import console, print_json
from bss.core.errors import Rule
from bss.core.operations import run

app = typer.Typer(add_completion=False)
Paper = Annotated[str, typer.Argument(help="RCPT-…, CRN-…, or PAY-… for its receipt.")]
Out = Annotated[
    Path | None, typer.Option(help="Where to; otherwise here, under its number.", metavar="FILE")
]
# Not registered: the terminal minds its own manners, the rules of the business are elsewhere.
NOT_WRITTEN = Rule("terminal.download.not_written", "{place} cannot be written: {why}.")


@app.command()
@with_how(READING)
def download(paper_id: Paper, out: Out = None, *, how: How) -> None:
    """Write a receipt or credit note as PDF and say where; --json prints it in base64 instead."""
    noun = "credit_note" if paper_id.startswith("CRN-") else "receipt"
    with identity(how.acting_as):
        file = run(f"{noun}.download", **{f"{noun}_id": paper_id})
    if how.as_json and out is None:
        print_json(file)
        return
    place = written(b64decode(file["content"]), out or Path(), str(file["fileName"]))
    if how.as_json:
        print_json({"fileName": file["fileName"], "writtenTo": str(place)})
    else:
        console().print(Text(f"Written to {place}"), soft_wrap=True)


def written(content: bytes, out: Path, name: str) -> Path:
    """Where the file lies now; a folder takes it under its own name."""
    place = (out / name if out.is_dir() else out).absolute()
    try:
        place.write_bytes(content)
    except OSError as trouble:
        raise NOT_WRITTEN(place=place, why=trouble.strerror or trouble) from trouble
    return place
