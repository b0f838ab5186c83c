"""Named fields as WARC records and HTTP messages write them."""

from __future__ import annotations

MOST_FIELDS = 1_000
"""Further fields of one record or message are ignored."""


class Headers(dict[str, list[str]]):
    """Values by lower-case name, in the order written. Picklable."""

    @classmethod
    def parse(cls, head: bytes) -> Headers:
        """Read lines of `name: value`; a line that begins with blanks continues the last one."""
        found = cls()
        values: list[str] = []
        for line in head.split(b"\n", MOST_FIELDS)[:MOST_FIELDS]:
            if line[:1] in (b" ", b"\t") and values:
                values[-1] = f"{values[-1]} {_text(line)}".strip()
                continue
            name, colon, value = line.partition(b":")
            if colon:
                values = found.setdefault(_text(name).lower(), [])
                values.append(_text(value))
        return found

    def first(self, name: str, default: str = "") -> str:
        """The first value of a field."""
        values = self.get(name)
        return values[0] if values else default

    def every(self, name: str) -> list[str]:
        """All values of a field."""
        return self.get(name, [])


def _text(raw: bytes) -> str:
    """Fields are ASCII by the standards, UTF-8 in the wild, and now and then Latin-1."""
    try:
        return raw.decode("utf-8").strip()
    except UnicodeDecodeError:
        return raw.decode("latin-1").strip()
