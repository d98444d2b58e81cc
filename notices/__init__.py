"""What is told to people outside, by mail and feed: events found in the records, and the way their mails go out."""
