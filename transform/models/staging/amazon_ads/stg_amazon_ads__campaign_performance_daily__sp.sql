{{ amazon_ads_campaign_performance_daily('sp', conversions='"purchases14d"', value='"sales14d"', after='a click') }}
