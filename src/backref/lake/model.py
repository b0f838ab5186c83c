"""A model: one named SELECT, kept as a `.sql` file beside the code of the room that runs it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from hashlib import blake2b
from importlib.resources import files

import duckdb

from backref.errors import QueryFailed

_TAG = re.compile(r"/\*\s*([a-z_]+\.[a-z_]+)\s*\*/")
_COMMENT = re.compile(r"--[^\n]*")
_WORD = re.compile(r"[A-Za-z_]\w*")


@dataclass(frozen=True)
class Model:
    """The SELECT in `file` of the package `room`, as `Model("backref.links", "fold.sql")`."""

    room: str
    file: str

    @property
    def name(self) -> str:
        """How errors call it, as `links.fold`."""
        return f"{self.room.rpartition('.')[2]}.{self.file.removesuffix('.sql')}"

    @cached_property
    def text(self) -> str:
        """The SQL."""
        return (files(self.room) / self.file).read_text(encoding="utf-8")

    @cached_property
    def digest(self) -> str:
        """Changes when the text does."""
        return blake2b(self.text.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True)
class Line:
    """A one-line SELECT written where it is used, tagged with its name."""

    text: str

    @property
    def name(self) -> str:
        """The tag, as `links.count` in `/* links.count */`; empty without one."""
        tag = _TAG.search(self.text)
        return tag[1] if tag else ""


def named(model: Model | str) -> Model | Line:
    """A model, or a tagged line of SQL as one. Raises QueryFailed for a line without its tag."""
    query = Line(model) if isinstance(model, str) else model
    if not query.name:
        raise QueryFailed(f"A query has no /* room.name */ tag: {query.text}")
    return query


@cache
def words(text: str) -> frozenset[str]:
    """Every word of a text in lower case but for its comments: tables that it may name are among
    them."""
    return frozenset(word.lower() for word in _WORD.findall(_COMMENT.sub("", text)))


@cache
def parameters(text: str) -> frozenset[str]:
    """Names of the parameters that one SELECT declares."""
    statements = duckdb.extract_statements(text)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise duckdb.InvalidInputException("A model is one SELECT.")
    return frozenset(statements[0].named_parameters)


def check_parameters(model: Model | Line, given: frozenset[str]) -> None:
    """Refuse parameters that are missing or that the model does not use."""
    wanted = parameters(model.text)
    if given != wanted:
        raise failed(
            model, f"missing parameters {sorted(wanted - given)}, unused {sorted(given - wanted)}"
        )


def failed(model: Model | Line, why: object) -> QueryFailed:
    """The exception that says which model failed, why, and what it reads like."""
    return QueryFailed(f"The model {model.name} failed: {why}\n{model.text}")
