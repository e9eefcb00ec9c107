"""Document → plan → SQL → bytes."""
