{{ amazon_ads_campaigns('sd', channel='amazon sponsored display', objective='tactic') }}
