"""One search interface, two backends."""
