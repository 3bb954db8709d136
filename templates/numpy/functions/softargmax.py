def _softargmax(values: list) -> np.ndarray:
    """exp(v) over the sum of all exp(v), without overflow"""
    powers = np.exp(np.array(values) - np.max(values))
    return powers / np.sum(powers)
