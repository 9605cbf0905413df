"""A finished simulation as people read it: in its form, on paper, in files; for the provider, and for the customer
without what it costs and without tickets."""
