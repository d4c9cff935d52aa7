"""Places, state and publication of a build."""
