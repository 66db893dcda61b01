{{ meta_campaign_performance_daily('instagram_ads') }}
