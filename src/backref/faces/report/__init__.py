"""The report: one self-contained HTML file, without scripts and without network."""

from backref.faces.report.content import content
from backref.faces.report.render import render

__all__ = ["content", "render"]
