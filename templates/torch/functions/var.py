def _var(terms: torch.Tensor, dim, where=True) -> torch.Tensor:
    """The variance of the terms."""
    where = torch.as_tensor(where).expand(terms.shape)
    count = torch.sum(where, dim, keepdim=True)
    mean = torch.sum(terms * where, dim, keepdim=True) / count
    squares = torch.sum((terms - mean) ** 2 * where, dim, keepdim=True) / count
    return torch.amax(squares, dim)
