"""Certificates of the farm's own authority: good ones, and all kinds of bad ones."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import trustme

PROTOCOLS = ["http/1.1"]


class Certificates:
    """Made when a name is first asked for."""

    def __init__(self, folder: Path) -> None:
        self._authority = trustme.CA()
        self._stranger = trustme.CA()
        self._contexts: dict[tuple[str, str], ssl.SSLContext] = {}
        self.authority = folder / "authority.pem"
        self._authority.cert_pem.write_to_path(str(self.authority))

    def context(self, host: str, kind: str) -> ssl.SSLContext:
        """A server's context for a host. Kinds are good, expired, stranger, other name,
        and lies: that one promises HTTP/2, which the server does not speak."""
        if (host, kind) not in self._contexts:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.set_alpn_protocols(["h2"] if kind == "lies" else PROTOCOLS)
            self._issue(host, kind).configure_cert(context)
            self._contexts[host, kind] = context
        return self._contexts[host, kind]

    def files(self, folder: Path, *hosts: str) -> tuple[Path, Path]:
        """One certificate for several hosts, and its key, as files."""
        issued = self._authority.issue_cert(*hosts)
        chain, key = folder / "chain.pem", folder / "key.pem"
        issued.private_key_pem.write_to_path(str(key))
        chain.write_bytes(b"".join(part.bytes() for part in issued.cert_chain_pems))
        return chain, key

    def _issue(self, host: str, kind: str) -> trustme.LeafCert:
        if kind == "expired":
            return self._authority.issue_cert(host, not_after=datetime.now(UTC) - timedelta(days=9))
        if kind == "stranger":
            return self._stranger.issue_cert(host)
        return self._authority.issue_cert("other.test" if kind == "other name" else host)
