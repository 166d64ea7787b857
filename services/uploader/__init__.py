"""The uploader takes videos in: it plans uploads, receives bytes, and looks closely at what arrived.

Owns: videos (the library), uploads, probes, proxies; the objects under `sources/` and the HTTP endpoint of the local store.
Answers: OpenUploads, SignParts, GetUpload, CompleteUpload, GetVideo, ListVideos, RequestProxy,
    MeasureLibrary.
Hears: ProbeVideo and MakeProxy (from itself), DeleteSource.
Says: VideoUploading, VideoUploaded, VideoRejected; UploadProgressed.
"""
