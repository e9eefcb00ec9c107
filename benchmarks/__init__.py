"""How fast is Portico: measured beside a floor and its peers, on the same data, in the same minutes."""
