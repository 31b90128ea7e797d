"""The specialties that have a scribe of their own: one YAML file each, named after the specialty.

A file gives the adapter's name, the sections of the note, a selection of the twelve, and the system prompt.
`{headings}` in the prompt stands for the headings of the sections and `{not_documented}` for the sentence of a
section without facts, so that what is asked for is what is judged. Adding a specialty is adding a file.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import Annotated, Any

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError
from pydantic_core import PydanticCustomError

from edscribe_pipelines.clinical.reading.headed import split_headed
from edscribe_pipelines.clinical.sections import NOT_DOCUMENTED, SECTIONS, heading
from edscribe_pipelines.errors import BadInput

BUNDLED = Path(__file__).parent
_PLACEHOLDERS = {"headings", "not_documented"}


@dataclass(frozen=True)
class Specialty:
    """`adapter` names the adapter where it is served; `sections` are those of its note, in order."""

    name: str
    adapter: str
    sections: tuple[str, ...]
    prompt: str
    """The system prompt, ready for use."""


def find_specialty(name: str, folder: Path = BUNDLED) -> Specialty:
    """Return the specialty called `name`.

    Raises BadInput where there is none, or where a file of `folder` is unsound.
    """
    known = {specialty.name: specialty for specialty in _specialties(folder)}
    if name not in known:
        raise BadInput("EDSCRIBE_SPECIALTIES", "unknown specialty", remedy=f"Known: {', '.join(known)}.")
    return known[name]


def specialty_names() -> list[str]:
    """Return the names of all specialties."""
    return [specialty.name for specialty in _specialties(BUNDLED)]


def note_of(specialty: Specialty, note: str) -> str:
    """Return those sections of a twelve-section `note` that the specialty's note has, in its order."""
    if specialty.sections == SECTIONS:
        return note
    written = split_headed(note)
    held = (section for section in specialty.sections if section in written)
    return "\n\n".join(f"{heading(section)}\n{written[section]}" for section in held)


def _known_section(section: str) -> str:
    if section not in SECTIONS:
        raise PydanticCustomError("section", "no section of the twelve")
    return section


def _each_once(sections: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(sections)) < len(sections):
        raise PydanticCustomError("sections", "a section comes twice")
    return sections


def _with_placeholders(prompt: str) -> str:
    try:
        used = {field for _, field, _, _ in Formatter().parse(prompt) if field is not None}
    except ValueError:
        used = set()
    if used != _PLACEHOLDERS:
        raise PydanticCustomError("prompt", "the placeholders must be {headings} and {not_documented}, both")
    return prompt


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, str_strip_whitespace=True)

    adapter: Annotated[str, Field(pattern=r"^[a-z0-9-]+$")]
    sections: Annotated[
        tuple[Annotated[str, AfterValidator(_known_section)], ...], Field(min_length=1), AfterValidator(_each_once)
    ]
    prompt: Annotated[str, Field(min_length=1), AfterValidator(_with_placeholders)]


def _specialties(folder: Path) -> Iterator[Specialty]:
    adapters: set[str] = set()
    for path in sorted(folder.glob("*.yaml")):
        specialty = _read(path)
        if specialty.adapter in adapters:
            raise BadInput(path.name, "another specialty has an adapter of this name", field="adapter")
        adapters.add(specialty.adapter)
        yield specialty


def _read(path: Path) -> Specialty:
    try:
        file = _File.model_validate(_mapping(path))
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise BadInput(path.name, first["msg"].lower(), field=field) from None
    headings = "\n".join(heading(section) for section in file.sections)
    prompt = file.prompt.format(headings=headings, not_documented=NOT_DOCUMENTED)
    return Specialty(path.stem, file.adapter, file.sections, prompt)


def _mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError):
        content = None
    if not isinstance(content, dict):
        raise BadInput(path.name, "not a YAML mapping in UTF-8", remedy="Start from emergency_medicine.yaml.")
    return content
