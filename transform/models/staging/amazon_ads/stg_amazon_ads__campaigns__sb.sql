{{ amazon_ads_campaigns('sb', channel='amazon sponsored brands', objective='goal') }}
