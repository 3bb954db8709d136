def _step(u):
    """1 where u is positive, 0 elsewhere"""
    return np.where(u > 0, 1.0, 0.0)
