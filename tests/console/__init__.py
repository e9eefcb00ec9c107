"""Tests of the pages that Portico serves to browsers."""
