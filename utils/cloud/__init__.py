"""A cluster in Google Cloud, on paper: Terraform's files read and checked, costs, commands told before they are run."""
