def _leaky_relu(u: torch.Tensor, v) -> torch.Tensor:
    """u where it is positive, v * u elsewhere"""
    return torch.where(u > 0, u, v * u)
