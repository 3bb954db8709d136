def _minimum(u, v) -> torch.Tensor:
    """The smaller of the two"""
    return torch.minimum(*torch.broadcast_tensors(*_alike(u, v)))
