"""The command that writes a link's proof into a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from backref.errors import UsageError
from backref.faces import asking, proof
from backref.faces.terminal import say

if TYPE_CHECKING:
    from backref.config import Config


def run(found: Config, link: str, out: Path | None) -> None:
    """Write the proof of a link, or of all links on a page. Raises NotHeld, and UsageError
    where the file is there already or cannot be written."""
    with asking.opened(found) as opened:
        asked = opened.site(found.site)
        links = proof.meant(asked, link)
        path = out or Path(f"evidence-{links[0].link.link_id}.zip")
        try:
            with path.open("xb") as file:
                proof.write(asked, opened.lake, links, file)
        except FileExistsError:
            raise UsageError(f"{path} is there already: name another with --out.") from None
        except OSError as error:
            path.unlink(missing_ok=True)
            raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    say(f"Wrote {path}.")
