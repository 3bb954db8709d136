def _normcdf(u: torch.Tensor) -> torch.Tensor:
    """The distribution function of the standard normal distribution"""
    return torch.erfc(-u / math.sqrt(2.0)) / 2.0
