"""The levels of likeness that int_identity_comparisons tells apart, from its own SQL, so that they are said once."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

from sqlglot import Expr, exp, parse_one

MISSING = "missing"
BETWEEN = "/"


@dataclass(frozen=True)
class Comparison:
    """What is compared: SQL (of DuckDB) over columns `<name>_l` and `<name>_r` that gives one of the levels."""

    name: str
    sql: str
    levels: tuple[str, ...]


def comparisons(compiled: str) -> list[Comparison]:
    """The comparisons of the model, as compiled for either engine, written out over both records' columns."""
    query = parse_one(compiled, dialect="duckdb")
    known = _definitions(query)
    # The model ends in a star over the select that tells.
    told = (each for each in query.find_all(exp.Select) if not each.is_star and not each.find_ancestor(exp.CTE))
    found = []
    for column in next(told).selects:
        if column.alias_or_name in ("left_key", "right_key"):
            continue
        written = _written_out(column.unalias(), known)
        found.append(Comparison(column.alias_or_name, written.sql(dialect="duckdb"), _levels(column.unalias(), known)))
    return found


def _definitions(query: Expr) -> dict[str, Expr]:
    """What each computed column of the common table expressions stands for."""
    named: dict[str, Expr] = {}
    for table in query.find_all(exp.CTE):
        for column in table.this.selects:
            if column.alias and column.alias != column.unalias().name:
                named[column.alias] = column.unalias()
    return named


def _written_out(expression: Expr, known: dict[str, Expr]) -> Expr:
    """The expression with computed columns replaced by what they stand for, down to the two records' own columns."""

    def replaced(node: Expr) -> Expr:
        if not isinstance(node, exp.Column):
            return node
        if node.table in ("one", "other"):
            return exp.column(f"{node.name}_{'l' if node.table == 'one' else 'r'}")
        return exp.paren(_written_out(known[node.name], known)) if node.name in known else node

    return expression.copy().transform(replaced)


def _levels(expression: Expr, known: dict[str, Expr]) -> tuple[str, ...]:
    """The levels that an expression can give: those of its case, or of the cases that it puts together."""
    if isinstance(expression, exp.Column):
        return _levels(known[expression.name], known)
    if isinstance(expression, exp.Case):
        given = [branch.args["true"].name for branch in expression.args["ifs"]]
        return tuple(dict.fromkeys([*given, expression.args["default"].name]))
    parts = [_levels(column, known) for column in expression.find_all(exp.Column, bfs=False)]
    return tuple(BETWEEN.join(levels) for levels in itertools.product(*parts))
