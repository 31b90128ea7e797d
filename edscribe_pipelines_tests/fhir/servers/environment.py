"""The environment of tools that do not fit beside requirements.lock; `make install` builds it from fhir_tools.lock."""

from __future__ import annotations

import os
import sys
from pathlib import Path

VARIABLE = "EDSCRIBE_TEST_FHIR_TOOLS_DIR"


def tools_folder() -> Path:
    return Path(os.environ.get(VARIABLE, Path(sys.prefix) / "fhir-tools"))


def tool(name: str) -> Path:
    """Return the path of the command `name`. Raises FileNotFoundError with the remedy where it is not installed."""
    command = tools_folder() / "bin" / name
    if not command.is_file():
        raise FileNotFoundError(
            f"{command} is absent. Run `make install`, which builds it from fhir_tools.lock, or set {VARIABLE}."
        )
    return command
