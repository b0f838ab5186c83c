"""Backref: link intelligence you host yourself."""
