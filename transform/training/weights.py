"""Lets Splink estimate how likely each level of likeness is for one person's records and for two persons'."""

from __future__ import annotations

import logging
import math
import statistics
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

import duckdb

from transform.training.levels import MISSING, Comparison

FEATURES = "features"
"""The table that Splink reads: int_customer_features, with the key as `unique_id`."""
RULES = (("email_norm", "first_norm"), ("phone_e164", "first_norm"), ("birth", "first_norm", "last_norm"))
"""Records that agree in all of these are one person's, nearly always: the share of true pairs is reckoned from them."""
BLOCKS = (("email_norm",), ("phone_e164",), ("birth",))
"""Expectation maximisation goes over pairs that agree in these, and learns of comparisons that do not rest on them."""
RECALL = 0.7
"""The share of true pairs that `RULES` find, as far as it matters: weights hardly depend on it."""


@dataclass(frozen=True)
class Learned:
    """Weights (log2 of m over u) by comparison and level, and the blocks that taught nothing, with Splink's reason."""

    weights: dict[tuple[str, str], float]
    useless: list[str]


def learn(connection: duckdb.DuckDBPyConnection, compared: Sequence[Comparison], pairs: int) -> Learned:
    """Learns from the table `features`; levels that too few pairs show are left out.

    `pairs` is how many random pairs tell what two persons have in common by chance.
    """
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI(connection)
    rules: list[Any] = [block_on(*rule) for rule in RULES]
    settings = SettingsCreator(
        link_type="dedupe_only",
        comparisons=[_comparison(each) for each in compared],
        blocking_rules_to_generate_predictions=rules,
    )
    chance = Linker(api.register(FEATURES), settings, log_level=logging.ERROR)
    chance.training.estimate_probability_two_random_records_match(rules, recall=RECALL)
    chance.training.estimate_u_using_random_sampling(max_pairs=pairs, seed=1)
    model = chance.misc.save_model_to_json()
    found: dict[tuple[str, str], list[float]] = {}
    useless = []
    for block in BLOCKS:
        # A linker of its own: one that failed has lost the comparisons that the block rests on.
        linker = Linker(api.register(FEATURES), model, log_level=logging.ERROR)
        try:
            linker.training.estimate_parameters_using_expectation_maximisation(block_on(*block))
        except Exception as error:  # Splink has no class of its own for what cannot be learned from
            useless.append(f"{' and '.join(block)} ({type(error).__name__}: {error})")
            continue
        free = {each.name for each in compared if not any(f"{column}_l" in each.sql for column in block)}
        for key, weight in _weights(linker.misc.save_model_to_json(), free).items():
            found.setdefault(key, []).append(weight)
    return Learned({key: statistics.fmean(weights) for key, weights in found.items()}, useless)


def _comparison(compared: Comparison) -> dict[str, Any]:
    """A comparison in Splink's words; a level with all parts missing says nothing."""
    levels = [
        {
            "sql_condition": f"{compared.sql} = '{level}'",
            "label_for_charts": level,
            "is_null_level": _says_nothing(level),
        }
        for level in sorted(compared.levels, key=lambda level: not _says_nothing(level))
    ]
    levels[-1]["sql_condition"] = "ELSE"
    return {"output_column_name": compared.name, "comparison_levels": levels}


def _says_nothing(level: str) -> bool:
    return set(level.split("/")) == {MISSING}


def _weights(model: dict[str, Any], names: Collection[str]) -> dict[tuple[str, str], float]:
    """What Splink learned of these comparisons, of the levels for which it saw pairs of both kinds."""
    weights = {}
    for comparison in model["comparisons"]:
        for level in comparison["comparison_levels"]:
            match, other = level.get("m_probability"), level.get("u_probability")
            if comparison["output_column_name"] in names and not level.get("is_null_level") and match and other:
                weights[comparison["output_column_name"], level["label_for_charts"]] = math.log2(match / other)
    return weights
