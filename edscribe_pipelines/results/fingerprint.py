"""What runs when a stage is made, as one hash: its code, the tables and templates that the code names, its packages.

A stage's root functions stand in the catalogue. From their modules on, the source is read, not imported: each module
that another one imports, at its top or inside a function, or names as a whole string (NeMo and worker processes get
theirs so); each data file whose name stands in a string of the code, for f-strings and globs all that fit; the
version of each distribution that is imported. So a change anywhere on the way makes the stage anew, and one beside it
does not. What `EXEMPT` lists has no say in what a stage holds.
"""

from __future__ import annotations

import ast
import hashlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from importlib.metadata import packages_distributions, version
from pathlib import Path
from typing import NamedTuple

import edscribe_pipelines
from edscribe_pipelines.tables import forgotten_with_tables, site_text

PACKAGE = Path(edscribe_pipelines.__file__).parent

EXEMPT = {
    "__init__.py": "empty",
    "cli.py": "starts jobs",
    "definitions.py": "starts jobs",
    "orchestration/*": "starts jobs, hands rows on as they are, and shows counts",
    "*assets.py": "declare stages, call one function each",
    "results/*": "where results are kept",
    "settings.py": "each stage records the settings that it reads",
    "errors.py": "what an error says is in no result",
    "clinical/register/*": "lists the rules and who answers for them; what a rule does is read by its own module",
    "corpus/splitting/minimum.py": "a check's figure, counted at each materialisation and in no result",
    "train/recipes/*.yaml": "each stage records what it takes of the recipe",
    "corpus/gating/*page*.py": "presentation: the pages stand beside the tables",
    "corpus/gating/templates/*": "presentation: the pages stand beside the tables",
    "train/tracking.py": "presentation: what MLflow is told of a training",
    "corpus/tables/quarantine_reasons.csv": "presentation: wording of the quarantine's page",
}
"""Files that no fingerprint covers, and why; modules among them lead on to no others."""

_DATA = (".csv", ".j2", ".json", ".yaml", ".txt", ".xz", ".safetensors")


class Reached(NamedTuple):
    """Paths relative to the package, and the top names of the other packages that are imported."""

    modules: frozenset[str]
    data: frozenset[str]
    packages: frozenset[str]


class _Named(NamedTuple):
    """What a module's source names: modules of ours, other packages, names or patterns of data files."""

    modules: frozenset[str]
    packages: frozenset[str]
    data: frozenset[str]


@forgotten_with_tables
@lru_cache(maxsize=64)
def hash_code(roots: tuple[str, ...], by_name: tuple[str, ...] = (), package: Path = PACKAGE) -> str:
    """Return the hash of all that `roots` reach, and of the distributions that they reach `by_name` alone.

    Raises LookupError where a root is no function or class of the package.
    """
    found = reached(roots, package)
    digest = hashlib.sha256(f"{sys.version_info.major}.{sys.version_info.minor}".encode())
    for name in sorted(found.modules | found.data):
        digest.update(name.encode())
        digest.update(hashlib.sha256(_content(package, name)).digest())
    for name in sorted({*_distributions(found.packages), *by_name}):
        digest.update(f"{name}=={version(name)}".encode())
    return digest.hexdigest()


def reached(roots: Sequence[str], package: Path = PACKAGE) -> Reached:
    """Return the modules, data files and packages that the dotted names `roots` lead to."""
    waiting = [_module_of_root(root, package) for root in roots]
    modules: set[str] = set()
    data: set[str] = set()
    packages: set[str] = set()
    while waiting:
        module = waiting.pop()
        if module in modules or is_exempt(module):
            continue
        modules.add(module)
        named = _named(package, module)
        packages |= named.packages
        waiting += [found for name in named.modules for found in _modules_of(name, package)]
        data |= {file for pattern in named.data for file in _files_of(pattern, module, package)}
    data |= {file for template in data if template.endswith(".j2") for file in _included(template, package)}
    counting = frozenset(file for file in data if not is_exempt(file))
    return Reached(frozenset(modules), counting, frozenset(packages))


def is_exempt(file: str) -> bool:
    """Return whether no fingerprint covers a file, by its path inside the package."""
    return any(fnmatchcase(file, pattern) for pattern in EXEMPT)


def _module_of_root(root: str, package: Path) -> str:
    found = _file_of(root.rpartition(".")[0], package)
    if found is None or root.rpartition(".")[2] not in _defined(package, found):
        raise LookupError(f"{root} is no function of {package.name}")
    return found


def _modules_of(name: str, package: Path) -> Iterator[str]:
    """Yield the module that `name` is or is in, and the packages around it, which Python runs before it."""
    parts = name.split(".")
    for end in range(2, len(parts) + 1):
        if found := _file_of(".".join(parts[:end]), package):
            yield found


def _file_of(name: str, package: Path) -> str | None:
    parts = name.split(".")[1:]
    for path in ("/".join(parts) + ".py", "/".join([*parts, "__init__.py"])):
        if parts and (package / path).is_file():
            return path
    return None


def _files_of(pattern: str, module: str, package: Path) -> list[str]:
    """Return the data files of that name or pattern: those of the module's own room, or else of any."""
    fitting = [file for file in _data_files(package) if fnmatchcase(file.rpartition("/")[2], pattern)]
    room = module.partition("/")[0]
    return [file for file in fitting if file.partition("/")[0] == room] or fitting


def _included(template: str, package: Path) -> list[str]:
    text = (package / template).read_text(encoding="utf-8")
    templates = [file for file in _data_files(package) if file.endswith(".j2")]
    return [file for file in templates if f'"{file.rpartition("/")[2]}"' in text]


@cache
def _data_files(package: Path) -> tuple[str, ...]:
    files = (path for path in package.rglob("*") if path.suffix in _DATA and "__pycache__" not in path.parts)
    return tuple(sorted(path.relative_to(package).as_posix() for path in files))


@cache
def _parsed(package: Path, module: str) -> ast.Module:
    return ast.parse((package / module).read_bytes())


@cache
def _defined(package: Path, module: str) -> frozenset[str]:
    body = _parsed(package, module).body
    return frozenset(node.name for node in body if isinstance(node, ast.FunctionDef | ast.ClassDef))


@cache
def _named(package: Path, module: str) -> _Named:
    modules: set[str] = set()
    packages: set[str] = set()
    data: set[str] = set()
    for node in _running(_parsed(package, module)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            if node.value.startswith(f"{package.name}."):
                modules.add(node.value)
            elif node.value.endswith(_DATA):
                data.add(node.value.rpartition("/")[2])
        elif isinstance(node, ast.JoinedStr):
            pattern = "".join(str(part.value) if isinstance(part, ast.Constant) else "*" for part in node.values)
            if pattern.endswith(_DATA):
                data.add(pattern.rpartition("/")[2])
        for name in _imported(node):
            top = name.partition(".")[0]
            if top == package.name:
                modules.add(name)
            else:
                packages.add(top)
    return _Named(frozenset(modules), frozenset(packages - sys.stdlib_module_names), frozenset(data))


def _running(node: ast.AST) -> Iterator[ast.AST]:
    """Yield the nodes that may run: all but those under `if TYPE_CHECKING`, and no part of an f-string by itself."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test):
            continue
        yield child
        if not isinstance(child, ast.JoinedStr):
            yield from _running(child)


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _content(package: Path, name: str) -> bytes:
    site = site_text(name) if package == PACKAGE else None
    return (package / name).read_bytes() if site is None else site.encode()


def _distributions(packages: frozenset[str]) -> set[str]:
    known = _installed()
    return {name for top in packages for name in known.get(top, ())}


@cache
def _installed() -> Mapping[str, list[str]]:
    return packages_distributions()
