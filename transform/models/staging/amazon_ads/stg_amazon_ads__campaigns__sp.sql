-- Manual or automatic targeting: there is no other goal.
{{ amazon_ads_campaigns('sp', channel='amazon sponsored products', objective='"targetingType"', budget='budget_amount') }}
