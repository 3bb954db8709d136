def _mean(terms: np.ndarray, axis, where=True) -> np.ndarray:
    """The mean of at least one term."""
    count = np.sum(np.broadcast_to(where, terms.shape), axis=axis)
    if not np.all(count):
        raise ValueError("the mean of no terms is not defined")
    return np.sum(np.where(where, terms, 0.0), axis=axis) / count.astype(terms.dtype)
