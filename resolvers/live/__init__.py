"""Subscriptions: what a document answers now, and again whenever it would answer otherwise."""
