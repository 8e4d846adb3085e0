"""What only ``make`` runs: set-up, locking, running and testing notebooks, the site. No notebook imports it."""
