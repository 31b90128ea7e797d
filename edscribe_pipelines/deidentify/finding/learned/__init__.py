"""A model that reads identifiers by their form and the words around them, where no rule foresaw them."""
