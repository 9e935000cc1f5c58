"""Training: any architecture that keeps to `trainable`, by gradient descent."""
