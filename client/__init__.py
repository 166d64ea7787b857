"""The command line client: `dailies` sends videos, watches the work on them and fetches the results.

Speaks only the public REST API and its live events; knows nothing of the services behind them. Other programs use its
parts as a library: `client.api.Api`, `client.upload.upload_all`, `client.watching.follow`, `client.download.download`.
"""
