"""The Python API: a store, its sites, and relations that are read when they are asked for.

The questions, their filters, orders and columns are those of the command line and of the REST API;
all are answered by `faces.query`.
"""

from backref.faces.python.relation import Relation
from backref.faces.python.site import Site
from backref.faces.python.store import Store, open_store

__all__ = ["Relation", "Site", "Store", "open_store"]
