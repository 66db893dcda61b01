-- The words of each product's title, with what they weigh: the rarer, the more. A model number is written with and without
-- dashes, and says more than any other word.
with texts as (
    select record_key, side, trim({{ replace_all('words', '[^a-z0-9.]+', ' ') }}) as text, false as joined
    from {{ ref('int_product_records') }} where deleted_at is null
    union all
    select record_key, side, trim({{ replace_all('words', '[^a-z0-9 ]+') }}), true
    from {{ ref('int_product_records') }} where deleted_at is null
),

split as (
    select distinct record_key, side, trim(both '.' from word) as word, joined
    from {{ split_words('texts', 'text', ' ') }}
),

words as (
    select distinct
        record_key, side, word,
        length(word) >= 4 and {{ matches('word', "'[0-9]'") }} as is_model
    from split
    where word <> '' and (not joined or length(word) >= 4 and {{ matches('word', "'[0-9]'") }})
),

seen as (select word, count(*) as products from words group by word),

everything as (select count(distinct record_key) as products from words)

select
    words.record_key, words.side, words.word, words.is_model, seen.products,
    ln(1 + cast(everything.products as double precision) / seen.products) as weight
from words
inner join seen on seen.word = words.word
cross join everything
