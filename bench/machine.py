"""What the figures were measured on."""

from __future__ import annotations

import os
import platform
import subprocess
from pathlib import Path
from typing import Any

from bss.embedded.places import PROJECT


def described() -> dict[str, Any]:
    """The machine, how busy it is, and the state of the code."""
    return {
        "cpu": cpu(),
        "cores": os.cpu_count(),
        "memory_gb": round(memory_kb() / 1024**2, 1),
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "load": [round(load, 2) for load in os.getloadavg()],
        "commit": commit(),
    }


def cpu() -> str:
    """What the processor calls itself."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.machine()


def memory_kb() -> int:
    """How much memory there is."""
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 1024


def commit() -> str:
    """The commit that was measured, marked when files differ from it."""
    return git("describe", "--always", "--dirty") or "not a git checkout"


def git(*words: str) -> str:
    """What git says, or nothing."""
    try:
        said = subprocess.run(["git", *words], cwd=PROJECT, capture_output=True, text=True)
    except OSError:
        return ""
    return said.stdout.strip()
