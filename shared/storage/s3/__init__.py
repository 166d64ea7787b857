"""The store on any S3-compatible service: AWS's own, or one that speaks its protocol."""

from shared.storage.s3.store import S3Store

__all__ = ["S3Store"]
