"""The pages that give the reading order name each file once, and none that is not there."""

import re
from pathlib import Path
from types import ModuleType

import pytest

from edscribe_pipelines.deidentify import finding
from edscribe_pipelines.deidentify.finding import by_line

ROW = re.compile(r"^\| (`.+`) \|", re.MULTILINE)


@pytest.mark.parametrize("package", [finding, by_line], ids=lambda package: package.__name__)
def test_page_names_every_file_once(package: ModuleType) -> None:
    folder = Path(package.__path__[0])
    there = [path.name for path in folder.glob("*.py") if path.name != "__init__.py"]
    there += [f"{path.parent.name}/" for path in folder.glob("*/__init__.py")]
    named = [name.strip("`") for cell in ROW.findall(package.__doc__ or "") for name in cell.split(", ")]
    assert sorted(named) == sorted(there)
