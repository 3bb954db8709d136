def _logsumexp(values) -> float:
    """The logarithm of the sum of all exp(v), without overflow"""
    values = np.array(list(values), dtype=float)
    top = np.max(values)
    return top + np.log(np.sum(np.exp(values - top)))
