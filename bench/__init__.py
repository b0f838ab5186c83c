"""Benchmarks: what Backref promises about speed, memory and truth, measured and judged."""
