"""From a page's bytes to what it states, with the words it was read from."""
