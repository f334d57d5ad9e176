"""Our functions beside those of other libraries, and along our own history."""
