"""Public data sets as raw tables of the contract."""
