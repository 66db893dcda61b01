"""Compares what a platform's tap really does with what the vendor's descriptions say of the API.

The engine runs with a transport that answers from the descriptions (`recording`); each request it made and each field
it declares is compared (`requests`, `fields`); what a description gets wrong is excused, with its reason, by the
platform's `deviations.yaml`; and the evidence grade follows from what was compared (`evidence`).
"""
