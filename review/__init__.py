"""What a reviewer of a branch wants to know; each module has its make target."""
