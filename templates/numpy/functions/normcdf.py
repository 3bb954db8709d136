def _normcdf(u):
    """The distribution function of the standard normal distribution"""
    return np.vectorize(math.erfc, otypes=[float])(-u / math.sqrt(2.0)) / 2.0
