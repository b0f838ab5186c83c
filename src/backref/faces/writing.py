"""Files that commands write: beside their place and moved there, so that half of one is never
seen."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from backref.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def write(path: Path, content: bytes) -> None:
    """Put a whole file in its place. Raises UsageError where that cannot be."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        draft.write_bytes(content)
        draft.replace(path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        draft.unlink(missing_ok=True)
