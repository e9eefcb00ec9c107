"""How does Hasura v2 say what went wrong: the same problems in the words and places that clients of its API know."""
