"""A farm of web sites on loopback: by name, over HTTP/1.1, TLS and HTTP/2, well-behaved and not.

Every request is recorded with its time at the server, so that what a fetcher did can be judged by
what arrived.
"""

from .farm import Farm
from .sites import Reply, Request, Seen, Site, page

__all__ = ["Farm", "Reply", "Request", "Seen", "Site", "page"]
