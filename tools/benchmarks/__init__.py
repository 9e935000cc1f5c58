"""Speed side by side with other libraries, printed as a ratio; never a test."""
