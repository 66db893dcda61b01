{{ meta_campaign_performance_daily('meta_ads') }}
