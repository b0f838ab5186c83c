"""The simulated web: from a seed, a small web and everything that its observers would write.

It writes public formats only and shares no code with the rooms that read them, so that it can
be the demo, the tests' oracle and the benchmarks' generator at once. What truly happened lies
beside the observers' files in `truth/`, which no part of the product reads.
"""

from __future__ import annotations

from backref.world.world import World, make

__all__ = ["World", "make"]
