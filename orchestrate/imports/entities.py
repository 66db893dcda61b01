"""What a connection's records are beside those of other connections, as the models say it: a query for each entity.

A query gives one row per pair of a record of the connection (`record_...`) with one of another (`other_...`), and one
for each record that has nothing to do with others. `outcome` says what the pair is:

merged   both are one: one customer, one product, one sale, the same money
matched  an order and what pays it
review   they may be one, which waits for somebody's decision
apart    somebody decided that they are two
alone    the record stands by itself

`standing` is the strongest outcome of the record, `said` what it says of itself as JSON.
"""

from __future__ import annotations

from dataclasses import dataclass

OUTCOMES = ("merged", "matched", "review", "apart", "alone")
"""The strongest first."""
CHAIN = "chain"
"""The rule of a record that another record joins with the third, without any likeness of its own."""


@dataclass(frozen=True)
class Entity:
    """`records` and `links` are queries of the unified tables; `values` are the columns that records are shown by.

    Records have `record_key`, `entity`, `platform`, `connection_id`, `source_object`, `source_record_id`, the values,
    and `group_key`, which joins those that are one; null where nothing does. Links have `record_key`, `other_key`,
    `outcome`, `rule`, `weight` (bits, or a share of likeness for products) and `reason`, each pair in both directions.
    """

    name: str
    values: tuple[str, ...]
    records: str
    links: str

    @property
    def query(self) -> str:
        """The whole query; its parameters are the connection's platform and name."""
        return _QUERY.format(
            entity=self.name, records=self.records, links=self.links, elsewhere=_ELSEWHERE, chain=CHAIN,
            rank=_ranked("outcome"), link_rank=_ranked("links.outcome"), standing=_standing(),
            record=_said("mine", self.values), other=_said("other", self.values),
        )  # fmt: skip


def _said(row: str, values: tuple[str, ...]) -> str:
    said = ", ".join(f"'{name}', CAST({row}.{name} AS VARCHAR)" for name in values)
    return f"CAST(json_object({said}) AS VARCHAR)"


def _ranked(column: str) -> str:
    ranks = " ".join(f"WHEN '{outcome}' THEN {rank}" for rank, outcome in enumerate(OUTCOMES))
    return f"CASE {column} {ranks} END"


def _standing() -> str:
    outcomes = " ".join(f"WHEN {rank} THEN '{outcome}'" for rank, outcome in enumerate(OUTCOMES))
    return f"CASE min({_ranked('outcome')}) OVER (PARTITION BY record_key) {outcomes} END"


_ELSEWHERE = "(other.platform <> mine.platform OR other.connection_id <> mine.connection_id)"
_QUERY = """
WITH records AS ({records}),
links AS ({links}),
mine AS (SELECT * FROM records WHERE entity = '{entity}' AND platform = ? AND connection_id = ?),
ranked AS (
    SELECT links.*, row_number() OVER (
        PARTITION BY links.record_key, links.other_key
        ORDER BY {link_rank}, links.weight DESC NULLS LAST, links.rule
    ) AS strength
    FROM links
    INNER JOIN mine ON mine.record_key = links.record_key
    INNER JOIN records AS other ON other.record_key = links.other_key AND {elsewhere}
),
direct AS (SELECT * FROM ranked WHERE strength = 1),
chained AS (
    SELECT mine.record_key, min(other.record_key) AS other_key
    FROM mine
    INNER JOIN records AS other ON other.group_key = mine.group_key AND {elsewhere}
    WHERE mine.record_key NOT IN (SELECT record_key FROM direct WHERE outcome = 'merged')
    GROUP BY mine.record_key
),
pairs AS (
    SELECT record_key, other_key, outcome, rule, weight, reason FROM direct
    UNION ALL
    SELECT record_key, other_key, 'merged', '{chain}', NULL, NULL FROM chained
),
told AS (
    SELECT
        coalesce(pairs.outcome, 'alone') AS outcome, pairs.rule, pairs.weight, pairs.reason,
        mine.record_key, mine.entity AS record_entity, mine.platform AS record_platform,
        mine.connection_id AS record_connection, mine.source_object AS record_object,
        mine.source_record_id AS record_id, {record} AS record_said,
        other.record_key AS other_key, other.entity AS other_entity, other.platform AS other_platform,
        other.connection_id AS other_connection, other.source_object AS other_object,
        other.source_record_id AS other_id, {other} AS other_said
    FROM mine
    LEFT JOIN pairs ON pairs.record_key = mine.record_key
    LEFT JOIN records AS other ON other.record_key = pairs.other_key
)
SELECT
    *,
    {standing} AS standing,
    row_number() OVER (ORDER BY {rank}, weight DESC NULLS LAST, record_key, other_key) AS place
FROM told
"""


def _both_ways(columns: str, pairs: str, one: str = "left_key", other: str = "right_key") -> str:
    """Links in both directions, of pairs that are each told once."""
    return (
        f"SELECT {one} AS record_key, {other} AS other_key, {columns} FROM ({pairs}) AS one_way "  # noqa: S608 # names of this file
        f"UNION ALL SELECT {other}, {one}, {columns} FROM ({pairs}) AS other_way"
    )


_PERSON = ("full_name", "birth_date", "email", "phone_e164", "address_line1", "city", "postcode", "company")
_CUSTOMERS = Entity(
    "customers",
    _PERSON,
    f"""
    SELECT
        identity.record_key, 'customers' AS entity, identity.platform, identity.connection_id, identity.source_object,
        identity.source_record_id, identity.customer_key AS group_key, {", ".join(f"record.{name}" for name in _PERSON)}
    FROM unified.customer_identities AS identity
    INNER JOIN staging.int_customer_records AS record ON record.record_key = identity.record_key
    WHERE identity.is_current AND record.deleted_at IS NULL
    """,  # noqa: S608 # names that stand above
    _both_ways(
        "outcome, rule, weight, reason",
        """
        SELECT
            edge.left_key, edge.right_key, edge.rule, edge.weight, waiting.reason,
            CASE
                WHEN edge.verdict = 'reject' THEN 'apart'
                WHEN edge.left_customer_key = edge.right_customer_key THEN 'merged'
                ELSE 'review'
            END AS outcome
        FROM unified.identity_edges AS edge
        LEFT JOIN staging.int_identity_overrides AS ruling
            ON ruling.left_key = edge.left_key AND ruling.right_key = edge.right_key
            AND ruling.decision = 'cannot_link'
        LEFT JOIN unified.match_review_queue AS waiting
            ON waiting.left_key = edge.left_key AND waiting.right_key = edge.right_key
        WHERE CASE edge.verdict
            WHEN 'reject' THEN ruling.decision IS NOT NULL
            WHEN 'review' THEN edge.left_customer_key <> edge.right_customer_key
            ELSE true
        END
        """,
    ),
)


def _money(column: str) -> str:
    """An amount with the digits that it has, two at least."""
    return f"regexp_replace(CAST({column} AS VARCHAR), '(\\.\\d\\d\\d*?)0+$', '\\1')"


_LISTING = ("title", "variant_title", "brand", "sku", "gtin", "price", "currency")
_PRODUCTS = Entity(
    "products",
    _LISTING,
    f"""
    SELECT
        identity.record_key, 'products' AS entity, identity.platform, identity.connection_id, identity.source_object,
        identity.source_record_id, identity.variant_key AS group_key,
        {", ".join(f"record.{name}" for name in _LISTING if name != "price")}, {_money("record.price")} AS price
    FROM unified.product_identities AS identity
    INNER JOIN staging.int_product_records AS record ON record.record_key = identity.record_key
    WHERE record.deleted_at IS NULL
    """,  # noqa: S608 # names that stand above
    _both_ways(
        "outcome, rule, weight, CAST(NULL AS VARCHAR) AS reason",
        """
        SELECT
            left_record_key AS left_key, right_record_key AS right_key, rule, weight,
            CASE WHEN left_variant_key = right_variant_key THEN 'merged' ELSE 'review' END AS outcome
        FROM unified.product_edges WHERE left_variant_key = right_variant_key OR verdict = 'review'
        """,
    ),
)

_MONEY = ("number", "moment", "amount", "currency", "status")
_ORDERS_AND_PAYMENTS = f"""
    SELECT
        order_key AS record_key, 'orders' AS entity, platform, connection_id, 'orders' AS source_object,
        order_id AS source_record_id, NULL AS group_key, order_number AS number, placed_at AS moment,
        {_money("total")} AS amount, currency, coalesce(financial_status, status) AS status
    FROM unified.orders
    UNION ALL
    SELECT
        payment_key, 'payments', platform, connection_id, 'payments', payment_id, NULL, gateway_reference, processed_at,
        {_money("amount")}, currency, status
    FROM unified.payments
"""  # noqa: S608 # names that stand above
_PAID = """
    SELECT payment_key AS left_key, order_key AS right_key, match_rule AS rule FROM unified.payments
    WHERE order_key IS NOT NULL
"""

_UNSAID = "CAST(NULL AS DOUBLE PRECISION) AS weight, CAST(NULL AS VARCHAR) AS reason"


def _sales(name: str, key: str, repeats: str, rule: str) -> Entity:
    mirrors = f"SELECT {key} AS left_key, {repeats} AS right_key, {rule} AS rule FROM unified.{name}"  # noqa: S608 # names that stand below
    return Entity(
        name, _MONEY, _ORDERS_AND_PAYMENTS,
        _both_ways(f"'merged' AS outcome, rule, {_UNSAID}", f"{mirrors} WHERE {repeats} IS NOT NULL")
        + " UNION ALL "
        + _both_ways(f"'matched' AS outcome, rule, {_UNSAID}", _PAID),
    )  # fmt: skip


ENTITIES = {
    each.name: each
    for each in (
        _CUSTOMERS,
        _PRODUCTS,
        _sales("orders", "order_key", "mirrors_order_key", "mirror_rule"),
        _sales("payments", "payment_key", "mirrors_payment_key", "'same_money'"),
    )
}
