"""The processor does the work on one video at a time: it listens, cuts and renders, and says what came of it.

Owns: runs and what they left in the store, checkpoints of finished stages, its scratch folder.
Answers: nothing; scale it by starting more of it.
Hears: ProcessVideo, DeleteRun.
Says: VideoProcessed, VideoFailed; VideoProgressed and WorkerSeen to whoever watches.
"""
