"""Every way in: JSON, pages, command line."""
