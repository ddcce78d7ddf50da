"""Stories in YAML that drive the whole system, with the runner that plays them."""
