{{ config(materialized='view') }}
{{ union_members('customers') }}
