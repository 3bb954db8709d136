def _silu(u):
    """u times the sigmoid of u"""
    return u * _sigmoid(u)
