{# Common table expressions of NetSuite's documents of sale. `documents` has their headers, voided ones as deleted; `sales` says for
   each sales order, invoice and cash sale which of them is the order: an invoice or cash sale that comes of a sales order is
   that, as its first line tells.
   Oracle publishes no list of these columns: types, signs and links are as public SuiteQL queries use them. # unverified #}
{% macro netsuite_sales() %}
    documents as (
        select
            document.*, currency.symbol,
            case when document.voided then coalesce(document._sdc_deleted_at, document.lastmodifieddate) else document._sdc_deleted_at end
                as deleted_at
        from {{ raw('netsuite', 'transactions') }} as document
        left join {{ raw('netsuite', 'currencies') }} as currency
            on currency.id = document.currency and currency._connection_id = document._connection_id
    ),

    -- The one line of a document that stands for all of it.
    mainlines as (
        select _connection_id, transaction, max(createdfrom) as createdfrom
        from {{ raw('netsuite', 'transaction_lines') }} as lines
        where mainline and _sdc_deleted_at is null
        group by _connection_id, transaction
    ),

    sales as (
        select document._connection_id, document.id, document.type, coalesce(origin.id, document.id) as order_id
        from documents as document
        left join mainlines on mainlines.transaction = document.id and mainlines._connection_id = document._connection_id
        left join documents as origin
            on origin.id = mainlines.createdfrom and origin._connection_id = document._connection_id
            and origin.type = 'SalesOrd' and origin.deleted_at is null
        where document.type in ('SalesOrd', 'CustInvc', 'CashSale')
    )
{%- endmacro %}
