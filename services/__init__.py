"""The five services. They share `shared/` and nothing else."""
