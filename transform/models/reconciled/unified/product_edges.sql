select
    {{ key_of(['left_key', 'right_key', 'pairs.rule']) }} as edge_id,
    left_key as left_record_key,
    right_key as right_record_key,
    one.variant_key as left_variant_key,
    other.variant_key as right_variant_key,
    pairs.rule,
    cast(pairs.weight as numeric(9,6)) as weight,
    pairs.verdict,
    '{{ invocation_id }}' as run_id
from {{ ref('int_product_pairs') }} as pairs
inner join {{ ref('product_identities') }} as one on one.record_key = pairs.left_key
inner join {{ ref('product_identities') }} as other on other.record_key = pairs.right_key
