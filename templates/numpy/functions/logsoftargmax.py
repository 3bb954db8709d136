def _logsoftargmax(values: np.ndarray, axis) -> np.ndarray:
    """The logarithm of exp(v) over the sum of all exp(v), without overflow"""
    values = values - np.max(values, axis=axis, keepdims=True)
    return values - np.log(np.sum(np.exp(values), axis=axis, keepdims=True))
