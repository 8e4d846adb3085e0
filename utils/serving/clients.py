"""Small clients of a model server: one for REST, and one for gRPC."""

from __future__ import annotations

from utils.serving.grpc_client import Answer, GrpcClient
from utils.serving.rest_client import RestClient

__all__ = ["Answer", "GrpcClient", "RestClient"]
