"""`python -m client` is `dailies`."""

from client.main import app

app(prog_name="dailies")
