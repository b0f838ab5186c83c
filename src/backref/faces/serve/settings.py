"""What `backref serve` is told when it starts."""

from __future__ import annotations

from dataclasses import dataclass

LOOPBACK = frozenset(("127.0.0.1", "localhost", "::1"))
ANYWHERE = frozenset(("0.0.0.0", "::"))  # noqa: S104 - compared with, not bound to
HOST = "127.0.0.1"
PORT = 8484
MEGABYTE = 1 << 20


@dataclass(frozen=True)
class Settings:
    """Where the server listens and what it takes. `site` is meant when a request names none,
    `names` are further host names that the server is reached by, `workers` bounds the requests
    that are answered at once, and `largest_upload` the bytes of a file sent for import. Alerts are
    sent to the hosts of `private_channels` although they are private. Pages are looked at in the
    name of `contact`, and not without one."""

    host: str = HOST
    port: int = PORT
    site: str | None = None
    names: tuple[str, ...] = ()
    workers: int = 8
    largest_upload: int = 4096 * MEGABYTE
    warm: bool = False
    private_channels: frozenset[str] = frozenset()
    contact: str = ""

    @property
    def private(self) -> bool:
        """Whether nobody but this machine can reach the server: no password is needed then. Under
        a further name others reach it through something that stands before it."""
        return self.host in LOOPBACK and not self.names
