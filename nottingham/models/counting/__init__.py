"""Models that count: baselines, n-grams, Kneser-Ney, copies of the past."""
