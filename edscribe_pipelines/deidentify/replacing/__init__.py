"""What stands in the place of a span: a tag, the part that Safe Harbor lets out, a shifted date or a surrogate."""
