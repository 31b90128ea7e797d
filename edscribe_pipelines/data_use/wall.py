"""The egress wall: which rows may be sent to which host.

The PhysioNet data use agreement forbids to share rows with third parties, and a hospital's own rules bind
its notes, so rows of those kinds go only to hosts named as trusted. The wall stands twice: where rows are
chosen, and again in the client, before each request that it makes.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from ipaddress import ip_address
from typing import TYPE_CHECKING

import polars as pl

from edscribe_pipelines.errors import BadInput, EdscribeError

if TYPE_CHECKING:
    import httpx2

_MAY_GO_ANYWHERE = ("open", "synthetic")


class EgressRefused(EdscribeError):
    """A bound row was about to leave for a host that is not trusted; nothing was sent."""


def may_leave(host: str, trusted_hosts: Iterable[str]) -> pl.Expr:
    """Return which `DeidentifiedNote` rows may be sent to `host`. A row that failed the PHI gate goes nowhere."""
    passed_gate = pl.col("phi_gate") == "pass"
    return passed_gate if is_trusted(host, trusted_hosts) else passed_gate & pl.col("data_use").is_in(_MAY_GO_ANYWHERE)


def require_may_go(data_use: str, url: str, trusted_hosts: Iterable[str], setting: str) -> None:
    """Raise EgressRefused where a row of `data_use` may not go to `url`, which the user gave in `setting`."""
    if data_use not in _MAY_GO_ANYWHERE and not is_trusted(host_of(url, setting), trusted_hosts):
        raise EgressRefused(f"{data_use} rows may not go to the host of {setting}: it is not a trusted host.")


def wall(data_use: str, trusted_hosts: Iterable[str], setting: str) -> Callable[[httpx2.Request], Awaitable[None]]:
    """Return what an asynchronous client for rows of `data_use` calls before each request; it raises EgressRefused."""
    trusted = tuple(trusted_hosts)

    async def hold(request: httpx2.Request) -> None:
        require_may_go(data_use, str(request.url), trusted, setting)

    return hold


def host_of(url: str, setting: str) -> str:
    """Return the host that a client given `url` connects to, in the one spelling in which hosts are compared.

    Raises BadInput about `setting`, which never quotes the address: it may hold a password.
    """
    import httpx2

    try:
        parsed = httpx2.URL(url)
    except httpx2.InvalidURL:
        raise BadInput(setting, "not an address", remedy="Write https://host/path.") from None
    if parsed.scheme not in ("http", "https") or not parsed.raw_host:
        raise BadInput(setting, "neither http:// nor https:// with a host", remedy="Write https://host/path.")
    if parsed.userinfo:
        raise BadInput(setting, "user or password in the address", remedy="Give the key in a setting of its own.")
    return _spelled(parsed.raw_host.decode("ascii"))


def is_trusted(host: str, trusted_hosts: Iterable[str]) -> bool:
    """Whether `host` is named exactly: no subdomain, no other spelling that a name server might take for it."""
    return host in {_spelled(name) for name in trusted_hosts}


def _spelled(host: str) -> str:
    bare = host.casefold().removeprefix("[").removesuffix("]")
    try:
        return str(ip_address(bare))
    except ValueError:
        return bare
