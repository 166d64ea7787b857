"""The exporter packs the finished videos of a batch into one file to download.

Owns: deliverables, their cache and their expiry.
Asks: ClaimRun, RenewLease.
Hears: BuildExport, DeleteDeliverable; WorkStopped.
Says: ExportBuilt, ExportFailed; ExportProgressed.
"""
