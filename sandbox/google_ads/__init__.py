"""A pretend Google Ads: search and searchStream of API v25 over the business."""
