"""Pure arithmetic on arrays: no clock, no network, no snapshot. One module per noun."""
