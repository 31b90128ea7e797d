"""Where PHI stands in a text: shapes, context, lists, the record's own values, names found again, a language model."""
