"""Write the reference pages that come from the code: `python -m docs.generate`.

A test compares the pages with what this makes, so they cannot go stale.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from backref.schema import SITE_HOSTS, SITES, TABLES, Column, Table
from backref.sources import formats
from backref.sources.exports import KINDS

if TYPE_CHECKING:
    from typer import Typer

_EXPORTS = (
    "A table is known by its header, in any order of columns, any encoding, cut by tabs, commas or "
    "semicolons; as CSV, as the first sheet of a workbook, or as a list of JSON objects. Columns "
    "that a definition does not name are not kept. Of several names the first is shown."
)
REFERENCE = Path(__file__).parent / "reference"


def pages() -> dict[str, str]:
    """Every generated page: file name to text."""
    return {
        "tables.md": tables_page(),
        "commands.md": commands_page(),
        "exports.md": exports_page(),
        "api.md": api_page(),
    }


def api_page() -> str:
    """Every endpoint of the API with its parameters, from its own description."""
    from backref.faces.serve.app import create_app
    from backref.faces.serve.settings import Settings

    described = create_app(Path(), Settings()).openapi()
    parts = [
        "# API",
        (
            "Made from `/api/v1/openapi.json`; do not edit. "
            "[How to use it](../how-to/serving.md#for-programs)."
        ),
    ]
    parts += [
        _endpoint(f"{method.upper()} {path}", operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]
    return "\n\n".join(parts) + "\n"


def _endpoint(name: str, operation: dict[str, Any]) -> str:
    parameters = operation.get("parameters", ())
    head = ["", "| parameter | in | meaning |", "| --- | --- | --- |"] if parameters else []
    rows = [f"| `{p['name']}` | {p['in']} | {_cell(_told(p))} |" for p in parameters]
    text = " ".join(operation["description"].split())
    return "\n".join([f"## `{name}`", "", text, *head, *rows])


def _told(parameter: dict[str, Any]) -> str:
    """What a parameter means, and the values that it may have."""
    allowed = parameter["schema"].get("enum", ())
    return f"{parameter['description']} {', '.join(f'`{value}`' for value in allowed)}".strip()


def tables_page() -> str:
    """All tables, their columns, types, units and meanings."""
    parts = [
        "# Tables",
        "Made from `src/backref/schema`; do not edit.",
        "Facts are append-only; derived tables are computed from facts and earlier tables alone.",
    ]
    parts += [_table_section(table) for table in TABLES.values()]
    parts += [_section("sites", "The sites of the store (a view).", SITES)]
    parts += [_section("site_hosts", "Their domains and hosts (a view).", SITE_HOSTS)]
    return "\n\n".join(parts) + "\n"


def _table_section(table: Table) -> str:
    doc = f"*{table.kind}*, partitioned by {table.partition}. {table.doc}"
    return _section(table.name, doc, table.columns)


def _section(name: str, doc: str, columns: tuple[Column, ...]) -> str:
    head = ["| column | type | unit | meaning |", "| --- | --- | --- | --- |"]
    rows = [f"| `{c.name}` | {c.type} | {c.unit} | {_cell(c.doc)} |" for c in columns]
    return "\n".join([f"## {name}", "", doc, "", *head, *rows])


def exports_page() -> str:
    """Every table of others that is known: what it becomes, and by which columns it is known."""
    made = [each for each in formats.formats() if each.trust]
    head = ["| export | becomes | known by its columns |", "| --- | --- | --- |"]
    read = [_export_row(each) for each in made if not each.refusal]
    refused = [f"- {each.name}: {_cell(each.refusal)}." for each in made if each.refusal]
    parts = [
        "# Exports",
        "Made from `src/backref/data/exports`, where doubtful names are marked; do not edit.",
        _EXPORTS,
        "\n".join([*head, *read]),
        "Known, and not read:",
        "\n".join(refused),
    ]
    return "\n\n".join(parts) + "\n"


def _export_row(made: formats.Format) -> str:
    names = [
        " or ".join(f"`{_cell(made.by_field[field].names[0])}`" for field in group[:3])
        for group in made.required
    ]
    becomes = KINDS[made.kind][0] if made.kind != "filters" else "nothing: it tells of the others"
    return f"| {made.name} | {becomes} | {', '.join(names)} |"


def commands_page() -> str:
    """The command line's own help, one section a command."""
    from backref.faces.cli import app

    names = [*_commands(app)]
    for group in app.registered_groups:
        names += [
            f"{group.typer_instance.info.name} {name}" for name in _commands(group.typer_instance)
        ]
    parts = ["# Commands", "Made from the program's own help; do not edit."]
    parts += [f"## {name}\n\n```text\n{_help(name)}\n```" for name in sorted(names)]
    return "\n\n".join(parts) + "\n"


def _commands(app: Typer) -> list[str]:
    return [command.name or command.callback.__name__ for command in app.registered_commands]


def _help(command: str) -> str:
    from typer.testing import CliRunner

    from backref.faces.cli import app

    plain = {"COLUMNS": "100", "NO_COLOR": "1", "TERM": "dumb"}
    done = CliRunner().invoke(app, [*command.split(), "--help"], prog_name="backref", env=plain)
    return "\n".join(line.rstrip() for line in done.stdout.strip().splitlines())


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def main() -> None:
    """Write all pages."""
    REFERENCE.mkdir(exist_ok=True)
    for name, text in pages().items():
        (REFERENCE / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
