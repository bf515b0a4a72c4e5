"""The gRPC services of the hub."""
