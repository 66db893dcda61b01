{{ meta_campaigns('meta_ads', channel='meta', campaigns=raw('meta_ads', 'campaigns')) }}
