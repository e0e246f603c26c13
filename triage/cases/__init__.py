"""The product read as verbs: one use case a file."""
