def _logsumexp(values: np.ndarray, axis) -> np.ndarray:
    """The logarithm of the sum of all exp(v), without overflow"""
    top = np.max(values, axis=axis, keepdims=True)
    powers = np.exp(values - np.where(np.isfinite(top), top, 0.0))
    with np.errstate(divide="ignore"):
        return np.squeeze(top, axis) + np.log(np.sum(powers, axis=axis))
