def _gelu(u):
    """u times the distribution function of the standard normal distribution at u"""
    return u * _normcdf(u)
