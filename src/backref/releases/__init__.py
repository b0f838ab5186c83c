"""Published releases of a web graph, fetched: their ranks for the domains of the ledger, or all of
their files."""
