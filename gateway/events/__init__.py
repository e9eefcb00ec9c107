"""Events: what runs after rows were written, later, and at certain times; the grammar is `portico.schema`."""
