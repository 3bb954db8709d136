def _logsoftargmax(values: list) -> np.ndarray:
    """The logarithm of exp(v) over the sum of all exp(v), without overflow"""
    values = np.array(values) - np.max(values)
    return values - np.log(np.sum(np.exp(values)))
