"""The scheduler knows every batch and decides what comes next.

Owns: batch_jobs, batch_videos, exports, the fair queue, claims and leases, the ledger of usage, the sums of each day.
Answers: CreateBatch, AddVideos, EditBatch, RemoveVideos, ReorderVideos, DuplicateBatch, StartBatch, PauseBatch, ResumeBatch,
CancelBatch, RetryFailed, RenderAgain, DeleteBatch, DeleteVideo, GetBatch, ListBatches, GetEstimates, FindBatches, GetReport,
GetUsage, GetAnalytics, ListMonths, ListLedger, RefundVideos, MeasureResults, ListDeletions, ListWorkers, GetQueue,
ListFailures, RequestExport, EstimateExport, CancelExport, RetryExport, GetExport, ListExports, ListUserExports, ClaimRun, RenewLease.
Hears: AccountChanged, VideoUploading, VideoUploaded, VideoRejected, VideoProcessed, VideoFailed, ExportBuilt, ExportFailed;
WorkerSeen, VideoProgressed.
Says: ProcessVideo, BuildExport, DeleteSource, DeleteRun, DeleteDeliverable; BatchEnded, ExportEnded, NoticeRaised; BatchChanged,
VideoChanged, ExportChanged, WorkStopped.
"""
