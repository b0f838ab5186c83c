"""Every model is one SELECT that the schema satisfies and that a second engine could run."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp
from sqlglot.optimizer.scope import traverse_scope

from backref import schema
from backref.lake.lake import Lake
from backref.lake.model import Model, parameters

HOME = Path(str(files("backref")))
MODELS = sorted(HOME.rglob("*.sql"))
NAMES = [path.relative_to(HOME).as_posix() for path in MODELS]

COLUMNS = {name: {*table.names, "partition"} for name, table in schema.TABLES.items()} | {
    "sites": {"site", "zone"},
    "site_hosts": {"site", "host", "role"},
    "goals": {"site", "pattern"},
    "import_batches": {"import_id", "batch"},
}

TRAPS = {
    "a regex replaces all matches here and the first there": r"regexp_replace\((?![^;]*'g'\s*\))",
    "its unit boundaries differ": r"\bdate_?diff\b|\bdatesub\b|\bdate_sub\b",
    "one argument means base 10 here, e there": r"\blog\(\s*[^,()]*(\([^()]*\))?[^,()]*\)",
    "escapes differ": r"\burl_(en|de)code\b",
    "values differ between engines": r"\bhash\(",
    "no lambda or comprehension sugar": r"->>?\s*[a-z(]|\bfor\s+\w+\s+in\b|\blist_transform\b",
    "no other engine joins so": r"\basof\b",
    "interpolation differs": r"\bquantile",
    "half-open here, closed there": r"\brange\(|\bgenerate_series\b",
    "not portable": r"\bexclude\s*\(|\breplace\s*\(\s*\w+\s+as\b|\bcolumns\s*\(",
    "the time of a run is no input": r"\bnow\(\)|\bcurrent_(date|timestamp)\b|\btoday\(\)",
    "chance is no input": r"\brandom\(\)|\buuid\(\)",
}


def bare(text: str) -> str:
    """The SQL in lower case, without comments."""
    return re.sub(r"--[^\n]*|/\*.*?\*/", " ", text, flags=re.DOTALL).lower()


def model_of(path: Path) -> Model:
    room = ".".join(("backref", *path.relative_to(HOME).parent.parts))
    return Model(room, path.name)


@pytest.fixture(scope="module")
def lake(tmp_path_factory: pytest.TempPathFactory):
    with Lake.create(tmp_path_factory.mktemp("models") / "store") as lake:
        yield lake


def parsed(text: str) -> exp.Expression:
    (statement,) = sqlglot.parse(text, read="duckdb")
    assert isinstance(statement, exp.Query)
    return statement


def test_there_are_models():
    assert MODELS


@pytest.mark.parametrize("path", MODELS, ids=NAMES)
def test_a_model_is_one_select_with_a_head_that_explains_it(path: Path):
    model = model_of(path)
    assert model.text.lstrip().startswith(("--", "/*"))
    parameters(model.text)
    parsed(model.text)


@pytest.mark.parametrize("path", MODELS, ids=NAMES)
def test_a_model_falls_into_no_known_trap(path: Path):
    text = bare(model_of(path).text)
    assert [why for why, trap in TRAPS.items() if re.search(trap, text)] == []


@pytest.mark.parametrize("path", MODELS, ids=NAMES)
def test_a_model_divides_only_by_what_cannot_be_zero(path: Path):
    for division in parsed(model_of(path).text).find_all(exp.Div, exp.IntDiv, exp.Mod):
        divisor = division.expression.unnest()
        constant = not list(divisor.find_all(exp.Column))
        assert constant or isinstance(divisor, exp.Nullif | exp.Greatest), division.sql()


@pytest.mark.parametrize("path", MODELS, ids=NAMES)
def test_a_model_can_be_said_in_sparks_words(path: Path):
    sqlglot.transpile(
        model_of(path).text,
        read="duckdb",
        write="spark",
        unsupported_level=sqlglot.ErrorLevel.RAISE,
    )


@pytest.mark.parametrize("path", MODELS, ids=NAMES)
def test_the_schema_has_the_columns_that_a_model_names(path: Path):
    """For models that are given tables of their own this is all that can be known here."""
    for scope in traverse_scope(parsed(model_of(path).text)):
        for alias, source in scope.sources.items():
            if isinstance(source, exp.Table) and source.name in COLUMNS:
                named = {column.name for column in scope.columns if column.table == alias}
                assert named <= COLUMNS[source.name], source.name


def stands_alone(path: Path) -> bool:
    """Whether a model reads the schema's tables and no others."""
    tree = parsed(model_of(path).text)
    steps = {step.alias for step in tree.find_all(exp.CTE)}
    return {table.name for table in tree.find_all(exp.Table)} <= steps | COLUMNS.keys()


@pytest.mark.parametrize("path", [*filter(stands_alone, MODELS)], ids=lambda path: path.stem)
def test_the_schema_satisfies_a_model(lake: Lake, path: Path):
    model = model_of(path)
    with lake.snapshot() as snapshot:
        cursor = lake._started_engine().cursor()
        snapshot._lay_out(cursor, model.text, {}, {})
        cursor.execute(f"PREPARE model AS {model.text}")
        cursor.close()


@pytest.mark.parametrize(
    ("why", "text"),
    [
        ("a regex replaces", "SELECT regexp_replace(a, 'x', 'y')"),
        ("its unit", "SELECT date_diff('day', a, b)"),
        ("one argument", "SELECT log(visits)"),
        ("one argument", "SELECT log(1 + sum(visits))"),
        ("values differ", "SELECT hash(a)"),
        ("no lambda", "SELECT list_transform(a, x -> x + 1)"),
        ("no other", "SELECT 1 FROM a ASOF JOIN b USING (t)"),
        ("interpolation", "SELECT quantile_cont(a, 0.5)"),
        ("half-open", "SELECT * FROM range(3)"),
        ("not portable", "SELECT * EXCLUDE (a) FROM b"),
        ("the time", "SELECT now()"),
    ],
)
def test_the_traps_are_recognised(why: str, text: str):
    met = [name for name, trap in TRAPS.items() if re.search(trap, bare(text))]
    assert met[0].startswith(why)


@pytest.mark.parametrize(
    "text",
    [
        "SELECT regexp_replace(a, 'x', 'y', 'g')",
        "SELECT log(10, visits), ln(visits)",
        "SELECT arrange(a), blog",
        "SELECT 1 -- now() in words, hash(x)",
    ],
)
def test_what_is_no_trap_passes(text: str):
    assert [why for why, trap in TRAPS.items() if re.search(trap, bare(text))] == []
