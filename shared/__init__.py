"""What the five services have in common: messages, transports, storage, settings, errors and logs, and nothing else."""
