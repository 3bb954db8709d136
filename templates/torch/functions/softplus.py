def _softplus(u: torch.Tensor) -> torch.Tensor:
    """log(1 + exp(u)), without overflow"""
    return torch.logaddexp(torch.zeros((), dtype=u.dtype), u)
