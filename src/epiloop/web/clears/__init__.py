"""The four clears (四清) as a page of their own: each jurisdiction below with its shares and the lists behind them."""
