def _erf(u):
    """The error function"""
    return np.vectorize(math.erf, otypes=[float])(u)
