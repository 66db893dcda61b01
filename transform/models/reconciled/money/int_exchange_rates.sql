{{ config(materialized='view') }}
{{ union_members('exchange_rates') }}
