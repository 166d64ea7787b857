"""The tools write the pages that follow from the code: `docs/messages.md` and `.env.example` (`make docs`)."""
