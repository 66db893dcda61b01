"""A pretend Stripe: its read API of version 2023-08-16 over the business."""
