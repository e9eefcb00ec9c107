"""Plans as SQL; pure."""
