"""One pipeline a duty."""
