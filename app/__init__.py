"""What the phone knows and keeps, without a screen and without a network."""
