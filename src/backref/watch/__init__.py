"""Our own eyes at work: what to look at and when, the looks themselves, what they came to, and
whom to tell."""
