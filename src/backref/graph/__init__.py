"""The link graph of the web: stored small, read at random, ranked on one machine."""
