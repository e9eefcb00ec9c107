"""Where statements meet databases."""
