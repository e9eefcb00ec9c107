"""The GraphQL types of a role, made from the Catalog."""
