"""`bss completion`: the word `bss` in your shell, with its tab key."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated, Literal

import typer
from django.conf import settings

app = typer.Typer(add_completion=False)
BASH = """bss() { {run} bss "$@"; }
_bss_complete() {
    local IFS=$'\\n'
    COMPREPLY=( $(COMP_WORDS="${COMP_WORDS[*]}" COMP_CWORD=$COMP_CWORD \\
        _BSS_COMPLETE=complete_bash bss 2>/dev/null) )
}
complete -o default -F _bss_complete bss
"""
ZSH = """bss() { {run} bss "$@"; }
_bss_complete() {
    eval "$(_TYPER_COMPLETE_ARGS="${words[1,$CURRENT]}" _BSS_COMPLETE=complete_zsh bss 2>/dev/null)"
}
compdef _bss_complete bss
"""
FISH = """function bss; {run} bss $argv; end
complete --command bss --no-files --arguments \\
    "(_BSS_COMPLETE=complete_fish _TYPER_COMPLETE_FISH_ACTION=get-args \\
    _TYPER_COMPLETE_ARGS=(commandline -cp) bss 2>/dev/null)"
"""
SCRIPTS = {"bash": BASH, "zsh": ZSH, "fish": FISH}


@app.command()
def completion(shell: Annotated[Literal["bash", "zsh", "fish"], typer.Argument()] = "bash") -> None:
    """Print a script that teaches your shell the word `bss`."""
    run = shlex.quote(str(Path(settings.BASE_DIR) / "run"))
    typer.echo(SCRIPTS[shell].replace("{run}", run), nl=False)
