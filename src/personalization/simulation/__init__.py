"""A shop whose truth is known: raw tables of the contract, and what really lies behind them."""
