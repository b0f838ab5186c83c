"""A link as a QR code (ISO/IEC 18004), for paper and screens."""

from __future__ import annotations

from io import BytesIO

from backref.errors import UsageError

KINDS = ("svg", "png")
BORDER = 4
"""Modules of white around it, as the standard asks for."""


def drawn(link: str, kind: str) -> bytes:
    """The link as a picture, one of `KINDS`. A quarter of it may be dirty. Raises UsageError."""
    import segno

    if kind not in KINDS:
        raise UsageError(f"There is no QR code as {kind!r}: choose svg or png.")
    made = segno.make(link, error="q", micro=False, boost_error=False)
    held = BytesIO()
    if kind == "svg":
        made.save(held, kind="svg", scale=8, border=BORDER, light="#fff", xmldecl=False)
    else:
        made.save(held, kind="png", scale=12, border=BORDER)
    return held.getvalue()
