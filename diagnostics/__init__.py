"""From captures and answers to causes."""
