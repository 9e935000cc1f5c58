"""What a reader opens: Markdown tables, plots, and the JSON that later stages read."""
