def _logsoftargmax(values: torch.Tensor, dim) -> torch.Tensor:
    """The logarithm of exp(v) over the sum of all exp(v) over several axes"""
    return values - torch.logsumexp(values, dim, keepdim=True)
