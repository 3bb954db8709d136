def _mean(terms: torch.Tensor, dim, where=True) -> torch.Tensor:
    """The mean of at least one term."""
    where = torch.as_tensor(where).expand(terms.shape)
    count = torch.sum(where, dim)
    if not torch.all(count > 0):
        raise ValueError("the mean of no terms is not defined")
    return torch.sum(terms * where, dim) / count
