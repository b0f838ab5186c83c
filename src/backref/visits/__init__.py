"""Visits: sessions from hits, their bots, channels and goals, and the links they came through."""
