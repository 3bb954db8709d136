def _normpdf(u):
    """The density of the standard normal distribution"""
    return np.exp(-(u**2) / 2.0) / math.sqrt(2.0 * math.pi)
