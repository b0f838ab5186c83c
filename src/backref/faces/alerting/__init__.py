"""Alerts and the weekly mail: worded, written, sent."""
