"""Systems outside that the tests play: a gateway of short messages, a mail server."""
