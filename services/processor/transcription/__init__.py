"""Transcription: from where somebody speaks to words with times, sentences and subtitles."""
