def _normpdf(u: torch.Tensor) -> torch.Tensor:
    """The density of the standard normal distribution"""
    return torch.exp(-(u**2) / 2.0) / math.sqrt(2.0 * math.pi)
