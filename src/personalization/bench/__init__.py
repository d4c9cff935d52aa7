"""What each part of a build costs as a shop grows."""
