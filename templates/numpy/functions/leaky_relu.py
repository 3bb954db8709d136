def _leaky_relu(u, v):
    """u where it is positive, v * u elsewhere"""
    return np.where(u > 0, u, v * u)
