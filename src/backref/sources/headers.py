"""Named fields as WARC records and HTTP messages write them."""

from __future__ import annotations

MOST_FIELDS = 1_000
"""Further fields of one record or message are ignored."""
_BLANK = (" ", "\t")


class Headers(dict[str, list[str]]):
    """Values by lower-case name, in the order written. Picklable."""

    @classmethod
    def parse(cls, head: bytes) -> Headers:
        """Read lines of `name: value`; a line that begins with blanks continues the last one."""
        found = cls()
        values: list[str] = []
        for line in _text(head).split("\n", MOST_FIELDS)[:MOST_FIELDS]:
            name, colon, value = line.partition(":")
            if name[:1] in _BLANK and values and line.strip():
                values[-1] = f"{values[-1]} {line.strip()}"
            elif colon:
                values = found.setdefault(name.strip().lower(), [])
                values.append(value.strip())
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
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")
