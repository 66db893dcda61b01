{{ config(materialized='view') }}
select {{ record_key() }} as bank_transaction_key, members.*
from ({{ union_members('bank_transactions') }}) as members
