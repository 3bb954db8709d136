def _prod(terms: torch.Tensor, dim) -> torch.Tensor:
    """The product over some axes."""
    for axis in sorted(dim if isinstance(dim, tuple) else (dim,), reverse=True):
        terms = torch.prod(terms, axis)
    return terms
