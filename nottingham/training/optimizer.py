"""The optimiser: Adam with clipped gradients and a rate that warms up, then falls to zero."""

import optax

_CLIP_NORM = 1.0
_WARM_UP_SHARE = 0.05


def adam(peak: float, updates: int) -> optax.GradientTransformation:
    """Build the optimiser for a training of a number of updates."""
    schedule = optax.warmup_cosine_decay_schedule(
        init_value=0.0,
        peak_value=peak,
        warmup_steps=int(updates * _WARM_UP_SHARE),
        decay_steps=updates,
    )
    return optax.chain(optax.clip_by_global_norm(_CLIP_NORM), optax.adam(schedule))
