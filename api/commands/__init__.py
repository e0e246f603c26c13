"""The commands of ./suyin, one file a verb."""
