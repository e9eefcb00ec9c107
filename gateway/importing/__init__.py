"""Importing: an existing database, or another server's metadata, becomes a package of models to keep by hand."""
