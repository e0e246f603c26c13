"""Named fakes of platforms that cannot run here. Each is a function from an HTTP request to its response."""
