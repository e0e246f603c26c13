"""The one core: tickets, use cases, lifecycles, store and jobs."""
