def _relu(u):
    """max(0, u)"""
    return np.maximum(u, 0.0)
