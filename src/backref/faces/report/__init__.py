"""The reports: self-contained HTML files, without scripts and without network."""

from backref.faces.report.content import content
from backref.faces.report.render import render, render_month

__all__ = ["content", "render", "render_month"]
