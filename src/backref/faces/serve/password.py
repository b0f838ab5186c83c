"""The one password of a store that is shown beyond this machine: its hash, and the sessions of
those who gave it.

The hash is scrypt's (RFC 7914) with 32 MiB of memory; it is kept with the store. A session is a
signed date of expiry: its key comes from the hash, so a new password ends all sessions.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import time
from base64 import b64decode, b64encode
from threading import Lock
from typing import TYPE_CHECKING

from backref.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

SHORTEST, LONGEST = 10, 1_000
COST, BLOCK, LANES = 1 << 15, 8, 1
MEMORY = 64 << 20
SESSION_SECONDS = 30 * 24 * 3600
MOST_WATCHED = 1_000


def hashed(password: str) -> str:
    """A password as it is kept. Raises UsageError for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"A password has {SHORTEST} to {LONGEST:,} characters: choose another.")
    salt = secrets.token_bytes(16)
    digest = _scrypt(password, salt, COST, BLOCK, LANES)
    return f"scrypt${COST}${BLOCK}${LANES}${_text(salt)}${_text(digest)}"


def matches(password: str, kept: str) -> bool:
    """Whether a password is the one that is kept so."""
    _, cost, block, lanes, salt, wanted = kept.split("$")
    if len(password) > LONGEST:
        return False
    found = _scrypt(password, b64decode(salt), int(cost), int(block), int(lanes))
    return hmac.compare_digest(found, b64decode(wanted))


def session(kept: str, now: float) -> str:
    """A session for somebody who gave the password that is kept so."""
    said = f"{int(now) + SESSION_SECONDS}.{secrets.token_hex(8)}"
    return f"{said}.{_signature(kept, said)}"


def is_session(text: str, kept: str, now: float) -> bool:
    """Whether a text is a session that was given under this password and still holds."""
    said, _, signature = text.rpartition(".")
    if not hmac.compare_digest(signature.encode(), _signature(kept, said).encode()):
        return False
    return int(said.partition(".")[0]) > now


def _signature(kept: str, said: str) -> str:
    key = hashlib.sha256(b"session\0" + kept.encode()).digest()
    return hmac.new(key, said.encode(), hashlib.sha256).hexdigest()


def _scrypt(password: str, salt: bytes, cost: int, block: int, lanes: int) -> bytes:
    text = password.encode("utf-8", "surrogatepass")
    return hashlib.scrypt(text, salt=salt, n=cost, r=block, p=lanes, maxmem=MEMORY, dklen=32)


def _text(data: bytes) -> str:
    return b64encode(data).decode()


class Patience:
    """Slows whoever gives wrong passwords: each doubles the time until the next may be given."""

    FIRST, LONGEST = 1.0, 300.0

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._failed: dict[str, tuple[int, float]] = {}

    def wait(self, who: str) -> float:
        """Seconds until `who` may try again; 0 for at once."""
        with self._lock:
            _, until = self._failed.get(who, (0, 0.0))
            return max(0.0, until - self._clock())

    def fail(self, who: str) -> None:
        """Note that `who` was wrong."""
        with self._lock:
            times, _ = self._failed.pop(who, (0, 0.0))
            pause = min(self.LONGEST, self.FIRST * 2.0 ** min(times, 20))
            self._failed[who] = (times + 1, self._clock() + pause)
            while len(self._failed) > MOST_WATCHED:
                del self._failed[next(iter(self._failed))]

    def succeed(self, who: str) -> None:
        """Note that `who` was right."""
        with self._lock:
            self._failed.pop(who, None)
