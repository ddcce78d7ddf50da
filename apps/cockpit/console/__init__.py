"""The operator console at `/cockpit/`: screens that are declared, buttons that are operations."""
