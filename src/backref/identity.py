"""Who is who: row identities and keyed hashes, all BLAKE2b keyed by the installation.

A record's identity is that of its content: (table, site, canonical bytes, k), where k counts
equal records of one decompressed source. `record_id` is the identity for k = 0 and
`repeated_id` derives the later ones from it. Rows that one record yields beside its first take
`child_id`, so they come and go with their record. The keys keep stored hashes useless to
anyone who holds a list of likely inputs but not the installation's key.

Whoever holds the key too can test what they guess of a record against its identity, so the
canonical bytes of a hit hold `address_mark` in the place of the client's address: of 65,536
guessed addresses one fits by chance. Otherwise equal records of two clients whose marks are equal
are told apart by k alone.
"""

from __future__ import annotations

from hashlib import blake2b

ID_BYTES = 16
MARK_BYTES = 2
ADDRESS, PAGE, AGENT = b"address", b"page", b"agent"
"""What hashes of values are for: the personalization of BLAKE2b."""


def record_id(key: bytes, table: str, site: str, record: bytes) -> bytes:
    """The identity of a record's first occurrence, 16 bytes."""
    return blake2b(
        b"%b\0%b\0%b" % (table.encode(), site.encode(), record), key=key, digest_size=ID_BYTES
    ).digest()


def repeated_id(key: bytes, identity: bytes, occurrence: int) -> bytes:
    """The identity of the occurrence numbered `occurrence` (from 0) of an equal record."""
    if occurrence == 0:
        return identity
    return blake2b(
        identity + occurrence.to_bytes(8, "big"), key=key, digest_size=ID_BYTES, person=b"repeat"
    ).digest()


def child_id(key: bytes, identity: bytes, table: str, ordinal: int) -> bytes:
    """The identity of a further row that the record `identity` yields in `table`."""
    return blake2b(
        identity + ordinal.to_bytes(8, "big") + table.encode(),
        key=key,
        digest_size=ID_BYTES,
        person=b"child",
    ).digest()


def address_mark(key: bytes, address: bytes) -> bytes:
    """What stands for the client's address in the canonical bytes of a hit, 2 bytes: enough to
    tell equal requests of different clients apart, and too little to find an address by."""
    return blake2b(address, key=key, digest_size=MARK_BYTES, person=ADDRESS).digest()


def page_hash(key: bytes, page: str) -> int:
    """A fold key as an unsigned 64-bit number: what stays of a referrer's full address."""
    return int.from_bytes(blake2b(page.encode(), key=key, digest_size=8, person=PAGE).digest())


def click_hash(key: bytes, told: str) -> int:
    """A click id, or a lead's own number, as an unsigned 64-bit number: what stays of it."""
    return int.from_bytes(blake2b(told.encode(), key=key, digest_size=8, person=b"click").digest())


def agent_hash(key: bytes, agent: str) -> int:
    """A user agent's entry in the dictionary, an unsigned 64-bit number."""
    return int.from_bytes(blake2b(agent.encode(), key=key, digest_size=8, person=AGENT).digest())


def link_id(source_page: str, target_page: str) -> int:
    """A link's identity, an unsigned 64-bit number; not keyed, so that stores can be compared."""
    return int.from_bytes(
        blake2b(f"{source_page}\0{target_page}".encode(), digest_size=8, person=b"link").digest()
    )
