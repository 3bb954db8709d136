def _var(terms: np.ndarray, axis, where=True) -> np.ndarray:
    """The variance of the terms."""
    return np.var(terms, axis=axis, where=where)
