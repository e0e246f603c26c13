"""The pages people work in: rendered on the server, they work without JavaScript."""
