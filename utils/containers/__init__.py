"""Containers and clusters, as far as files can tell: Dockerfiles, contexts, manifests, what a cluster computes."""
