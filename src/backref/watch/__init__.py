"""Our own eyes at work: what to look at and when, the looks themselves, and what they came to."""
