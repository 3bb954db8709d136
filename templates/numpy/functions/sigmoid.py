def _sigmoid(u):
    """1 / (1 + exp(-u)); no exponential of a positive number is taken"""
    power = np.exp(-np.abs(u))
    return np.where(u >= 0, 1.0, power) / (1.0 + power)
