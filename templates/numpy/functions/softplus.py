def _softplus(u):
    """log(1 + exp(u)), without overflow"""
    return np.logaddexp(0.0, u)
