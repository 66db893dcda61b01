-- A campaign belongs to no placement: those that were delivered on Instagram.
{% set delivered %}
(
    select campaign.*
    from {{ raw('instagram_ads', 'campaigns') }} as campaign
    inner join (select distinct _connection_id, campaign_id from {{ raw('instagram_ads', 'campaign_performance_daily') }} as campaign_performance_daily) as delivered
        on delivered.campaign_id = campaign.id and delivered._connection_id = campaign._connection_id
) as campaign
{% endset %}
{{ meta_campaigns('instagram_ads', channel='instagram', campaigns=delivered) }}
