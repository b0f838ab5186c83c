"""The documentation, part of which is made by `docs.generate`."""
