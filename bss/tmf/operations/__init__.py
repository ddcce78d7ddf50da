from . import documents, hubs, requests

__all__ = ["documents", "hubs", "requests"]
