def _mean(terms) -> float:
    """The mean of at least one term."""
    terms = list(terms)
    if not terms:
        raise ValueError("the mean of no terms is not defined")
    return sum(terms) / len(terms)
