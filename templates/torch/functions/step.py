def _step(u: torch.Tensor) -> torch.Tensor:
    """1 where u is positive, 0 elsewhere"""
    return (u > 0).to(u.dtype)
