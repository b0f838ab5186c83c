"""Every exception that Backref raises on purpose.

    BackrefError                exit 1  something of ours or of the machine failed
    ├── StoreError              exit 1  the store cannot be used as asked
    │   ├── StoreBusy                   another process holds the catalogue too long
    │   ├── StoreTooNew                 written by a newer Backref
    │   ├── StoreTooOld                 tables that an older Backref built or stored
    │   ├── StoreDamaged                a segment or the catalogue is not what was written
    │   ├── DiskFull                    nothing was published
    │   ├── Conflict                    somebody else published meanwhile: repeat
    │   └── QueryFailed                 a model's SQL failed; the message holds both
    ├── SourceError             exit 1  an input stops in a way that no reject row can say
    └── UsageError              exit 2  the request itself is wrong
        ├── NoStore                     no store here or above
        ├── NotADomain                  a site must be a registrable domain or a host
        ├── UnknownSite                 a site that this store does not hold
        ├── AmbiguousSite               several sites, none chosen
        ├── NotHeld                     a link or an import that this store does not hold
        ├── MissingFile                 a path that cannot be read
        ├── QueryRefused                SQL of the user's that cannot be run
        ├── NotInstalled                an optional library that is needed is absent
        ├── UnknownFormat               no source recognises the bytes
        └── NotImported                 of several files some are none to import

The message is one sentence that a user can act on: what is wrong, then the mend. Where more can
be told, `details` holds a line for each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class BackrefError(Exception):
    """Base of the tree; `exit_code` is what the command line ends with, `details` are lines that
    may follow the sentence."""

    exit_code = 1
    details: tuple[str, ...] = ()


class StoreError(BackrefError):
    """The store cannot be used as asked."""


class StoreBusy(StoreError):
    """Another process held the catalogue for longer than the busy timeout."""


class StoreTooNew(StoreError):
    """The catalogue was written by a newer Backref than this one."""


class StoreTooOld(StoreError):
    """Tables of the store lack what this Backref asks of them, for an older one made them."""


class StoreDamaged(StoreError):
    """A file of the store is missing or its bytes are not those that were written."""


class DiskFull(StoreError):
    """No space was left; nothing of the unfinished work was published."""


class Conflict(StoreError):
    """Others published into `partitions`, pairs of (table, partition), since they were read.
    Nothing was published; callers repeat, so users never see it."""

    def __init__(self, partitions: Iterable[tuple[str, str]]) -> None:
        self.partitions = tuple(partitions)
        names = ", ".join(f"{table} {partition}" for table, partition in self.partitions)
        super().__init__(f"Another process changed {names} meanwhile; repeat the command.")


class QueryFailed(StoreError):
    """A model could not be run: an error of Backref itself, with the model's name and text."""


class SourceError(BackrefError):
    """An input failed as a whole, so that nothing of it was stored."""


class UsageError(BackrefError):
    """The request is wrong and was refused before anything was done."""

    exit_code = 2


class NoStore(UsageError):
    """No store in the current folder or above it, and none was named."""


class NotADomain(UsageError):
    """What was given as a site is not a domain name."""


class UnknownSite(UsageError):
    """The store does not hold the site that was asked for."""


class AmbiguousSite(UsageError):
    """The store holds several sites and the request names none."""


class NotHeld(UsageError):
    """The store does not hold the link or the import that was asked for."""


class MissingFile(UsageError):
    """A path was given that cannot be opened for reading."""


class QueryRefused(UsageError):
    """SQL that a user gave is no SELECT over the store's tables."""


class NotInstalled(UsageError):
    """What was asked for needs an optional library that is not installed."""


class UnknownFormat(UsageError):
    """No source recognises the bytes. `considered` are the formats, each with why it is not that
    one, the nearest first; none where it is known what the bytes are, which `format` then names.
    """

    def __init__(
        self,
        message: str,
        considered: Iterable[tuple[str, str]] = (),
        details: Iterable[str] = (),
        *,
        format: str = "",  # noqa: A002 - the name it has in every answer
    ) -> None:
        super().__init__(message)
        self.considered = tuple(considered)
        self.details = tuple(details)
        self.format = format


class NotImported(UsageError):
    """Some of several files cannot be imported, so none was; `details` say why of each."""

    def __init__(self, refusals: Iterable[UsageError], recognised: int) -> None:
        self.details = tuple(map(str, refusals))
        refused = len(self.details)
        super().__init__(
            f"{refused} of {refused + recognised} files cannot be imported, so nothing was; "
            f"{recognised} recognised: add --skip-unknown to import without these."
            if recognised
            else f"None of the {refused} files can be imported."
        )
