{{ amazon_ads_campaign_performance_daily('sd', conversions='"purchases"', value='"sales"', after='a click or a view') }}
