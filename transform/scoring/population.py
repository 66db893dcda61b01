"""Invented people with known truth: weights are fitted and speed is measured on them, so that no reported score is.

Households share last name, address, landline and now and then a mailbox; twins share a birthday, sons their father's
name. A person has one to five records on five platforms, with slips of the hand, nicknames, initials, former addresses,
missing fields and placeholders. Names and how common they are come from Faker, which has them from American censuses.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
from faker.providers.person.en_US import Provider as American

DRAWS = 20_000
"""How many entries a list of names has that is drawn from, each name in proportion to how common it is."""
PEOPLE_PER_RECORD = 0.66
NICKNAMES = Path(__file__).parents[1] / "seeds" / "nicknames.csv"

HOUSEHOLDS = """
CREATE OR REPLACE TEMP TABLE people AS
WITH numbered AS (
    SELECT range AS person_id,
        range // 2 + CASE WHEN chance(range // 8, 'size') < 0.3 THEN 0 ELSE range % 2 * 100000000 END AS household
    FROM range(?)
),
placed AS (
    SELECT *, person_id % 2 = 1 AND chance(household, 'twins') < 0.02 AS twin,
        person_id % 2 = 1 AND chance(household, 'junior') < 0.02 AS junior FROM numbered
)
SELECT
    person_id, household, person.name AS first_name,
    CASE WHEN chance(person_id, 'own name') < 0.15 THEN own.name ELSE family.name END AS last_name,
    DATE '1935-01-01'
        + cast(chance(CASE WHEN twin THEN person_id - 1 ELSE person_id END, 'birth') * 25500 AS integer) AS birth_date,
    address(household, street.name, 'home') AS home, address(person_id, moved.name, 'moved') AS former,
    town_no(household) AS town, town_no(person_id + 7) AS former_town,
    phone(person_id, '7') AS mobile, phone(household, '1') AS landline, company(person_id) AS company
FROM placed
JOIN firsts AS person ON person.place = draw(CASE WHEN junior THEN person_id - 1 ELSE person_id END, 'first')
JOIN lasts AS family ON family.place = draw(household, 'last')
JOIN lasts AS own ON own.place = draw(person_id, 'own')
JOIN lasts AS street ON street.place = draw(household, 'street')
JOIN lasts AS moved ON moved.place = draw(person_id, 'moved')
"""

RECORDS = """
CREATE OR REPLACE TABLE population AS
WITH copies AS (
    SELECT people.*, copy, person_id * 8 + copy AS id, coalesce(short.nickname, first_name) AS nickname,
        CASE WHEN chance(person_id, 'moves') < 0.15 AND copy > 1 THEN former ELSE home END AS place,
        CASE WHEN chance(person_id, 'moves') < 0.15 AND copy > 1 THEN former_town ELSE town END AS place_no
    FROM people
    CROSS JOIN range(5) AS copies(copy)
    LEFT JOIN (SELECT first_name AS whole, min(nickname) AS nickname FROM nicknames GROUP BY ALL) AS short
        ON short.whole = first_name
    WHERE copy = 0 OR chance(person_id, 'copies') < pow(0.36, copy)
),
written AS (
    SELECT *,
        CASE WHEN chance(id, 'nick') < 0.12 THEN nickname WHEN chance(id, 'initial') < 0.04 THEN left(first_name, 1)
            ELSE slipped(first_name, id, 'first', 0.05) END AS given,
        CASE WHEN chance(id, 'married') < 0.01 THEN 'new' || last_name
            ELSE slipped(last_name, id, 'last', 0.05) END AS family,
        CASE
            WHEN chance(id, 'mail') < 0.10
                THEN left(first_name, 1) || last_name || person_id % 97 || '@' || company || '.com'
            WHEN chance(id, 'mail') < 0.14 THEN 'family.' || last_name || household % 9973 || '@' || provider(household)
            WHEN chance(id, 'mail') < 0.145 THEN 'noreply@example.com'
            ELSE first_name || '.' || last_name || person_id % 9973 || '@' || provider(person_id) END AS mailbox
    FROM copies
)
SELECT
    id AS unique_id, person_id,
    one_of(['shopify', 'stripe', 'hubspot', 'zendesk', 'mailchimp'], id, 'platform') AS platform,
    CASE WHEN chance(id, 'unnamed') < 0.03 THEN NULL
        WHEN chance(id, 'swap') < 0.01 THEN family ELSE given END AS first_name,
    CASE WHEN chance(id, 'no last') < 0.03 THEN NULL
        WHEN chance(id, 'swap') < 0.01 THEN given ELSE family END AS last_name,
    CASE WHEN chance(id, 'born') < 0.4 THEN misdated(birth_date, id) END AS dob,
    CASE WHEN chance(id, 'no mail') < 0.78 THEN
        CASE WHEN chance(id, 'upper') < 0.1 THEN upper(mailbox) WHEN chance(id, 'tag') < 0.1
            THEN replace(mailbox, '@', '+shop@') ELSE slipped(mailbox, id, 'mail', 0.01) END END AS email,
    CASE WHEN chance(id, 'no phone') < 0.65 THEN
        CASE WHEN chance(id, 'landline') < 0.12 THEN landline WHEN chance(id, 'zeros') < 0.005 THEN '0000000000'
            WHEN chance(id, 'plus') < 0.3 THEN '+44 ' || substr(mobile, 2) ELSE mobile END END AS phone,
    CASE WHEN chance(id, 'no street') < 0.7 THEN slipped(CASE WHEN chance(id, 'st') < 0.2
        THEN replace(replace(place, ' street', ' st'), ' road', ' rd') ELSE place END, id, 'way', 0.08) END AS street,
    slipped(town(place_no), id, 'suburb', 0.03) AS suburb, cast(10000 + place_no * 7 % 9000 AS text) AS postcode
FROM written
ORDER BY unique_id
LIMIT ?
"""

MACROS = """
CREATE OR REPLACE MACRO chance(id, what) AS hash(id, what, {seed}) / 18446744073709551616.0;
CREATE OR REPLACE MACRO draw(id, what) AS cast(floor(chance(id, what) * {draws}) AS integer);
CREATE OR REPLACE MACRO letter(id, what) AS chr(97 + cast(floor(chance(id, what) * 26) AS integer));
CREATE OR REPLACE MACRO slipped(text, id, what, share) AS CASE
    WHEN chance(id, what) >= share THEN text
    WHEN chance(id, what || 'kind') < 0.3 THEN
        left(text, cast(chance(id, what || 'at') * length(text) AS integer))
        || substr(text, 2 + cast(chance(id, what || 'at') * length(text) AS integer))
    WHEN chance(id, what || 'kind') < 0.6 THEN
        left(text, cast(chance(id, what || 'at') * length(text) AS integer)) || letter(id, what || 'letter')
        || substr(text, 1 + cast(chance(id, what || 'at') * length(text) AS integer))
    ELSE left(text, cast(chance(id, what || 'at') * length(text) AS integer)) || letter(id, what || 'letter')
        || substr(text, 2 + cast(chance(id, what || 'at') * length(text) AS integer)) END;
CREATE OR REPLACE MACRO misdated(day, id) AS CASE
    WHEN chance(id, 'misdated') >= 0.06 THEN strftime(day, '%Y-%m-%d')
    WHEN chance(id, 'misdated') < 0.02 AND day(day) <= 12 THEN strftime(day, '%Y-%d-%m')
    WHEN chance(id, 'misdated') < 0.04 THEN strftime(day + cast(1 + chance(id, 'off') * 9 AS integer), '%Y-%m-%d')
    ELSE strftime(day + INTERVAL 10 YEAR, '%Y-%m-%d') END;
CREATE OR REPLACE MACRO one_of(choices, id, what) AS
    choices[1 + cast(floor(chance(id, what) * length(choices)) AS integer)];
CREATE OR REPLACE MACRO address(id, name, what) AS cast(1 + floor(chance(id, what || 'no') * 220) AS integer)
    || ' ' || name || one_of([' street', ' road', ' avenue', ' close', ' court'], id, what || 'kind');
CREATE OR REPLACE MACRO town_no(id) AS cast(floor(pow(chance(id, 'town'), 2) * 2400) AS integer);
CREATE OR REPLACE MACRO town(no) AS chr(97 + no % 26) || chr(97 + no // 26 % 26) || 'bury' || chr(97 + no // 676);
CREATE OR REPLACE MACRO phone(id, begin) AS
    '0' || begin || lpad(cast(cast(floor(chance(id, 'phone' || begin) * 1e9) AS bigint) AS text), 9, '2');
CREATE OR REPLACE MACRO company(id) AS 'company' || cast(floor(chance(id, 'company') * 20000) AS integer);
CREATE OR REPLACE MACRO provider(id) AS
    one_of(['gmail.com', 'outlook.com', 'yahoo.com', 'hotmail.com', 'icloud.com'], id, 'provider');
"""


def populate(connection: duckdb.DuckDBPyConnection, records: int, seed: int) -> None:
    """Makes the table `population` of so many records with the columns that `people.own` reads.

    The seed and DuckDB's version decide who they are.
    """
    connection.execute(MACROS.format(seed=int(seed), draws=DRAWS))
    for table, weights in (("firsts", American.first_names), ("lasts", American.last_names)):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT unnest(range(?)) AS place, lower(unnest(?)) AS name",
            [DRAWS, _in_proportion(weights)],
        )
    connection.execute("CREATE OR REPLACE TEMP TABLE nicknames AS FROM read_csv(?)", [str(NICKNAMES)])
    connection.execute(HOUSEHOLDS, [int(records * PEOPLE_PER_RECORD)])
    connection.execute(RECORDS, [records])


def _in_proportion(weights: Mapping[str, float]) -> list[str]:
    """A list of `DRAWS` names, each as often as its weight says."""
    total, upto = sum(weights.values()), 0.0
    names: list[str] = []
    for name, weight in weights.items():
        upto += weight / total * DRAWS
        names += [name] * (round(upto) - len(names))
    return names
