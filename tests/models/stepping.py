"""Models asked as tests ask them: about a whole tune, and token by token."""

import numpy as np

from nottingham.representation import Grid

GRID = Grid(8)
SIZE = GRID.vocabulary.size
NONE = GRID.vocabulary.none


def scored(model, tokens):
    """Score one tune: ``[time, vocabulary]``."""
    return model.score([np.asarray(tokens)])[0]


def after(model, histories):
    """Step through the beginnings of several tunes: the row of the token behind each."""
    state = model.start(len(histories))
    for tokens in np.asarray(histories).T.astype(np.int32):
        state = model.step(state, tokens)
    return np.asarray(model.log_probs(state))
