def _softargmax(values: np.ndarray, axis) -> np.ndarray:
    """exp(v) over the sum of all exp(v), without overflow"""
    powers = np.exp(values - np.max(values, axis=axis, keepdims=True))
    return powers / np.sum(powers, axis=axis, keepdims=True)
