def _softargmax(values: torch.Tensor, dim) -> torch.Tensor:
    """exp(v) over the sum of all exp(v) over several axes"""
    return torch.exp(values - torch.logsumexp(values, dim, keepdim=True))
