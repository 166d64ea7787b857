"""The command line of the local stack: python3 -m stack setup | up | down | ps | logs | story | account."""

import argparse
import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def main() -> int:
    """Do what the command line says; gives the exit status."""
    if sys.version_info < (3, 11):  # noqa: UP036 - the set-up is where an older Python is met
        return _fail(f"Dailies needs Python 3.11 or newer, and this is {sys.version.split()[0]}.")
    # Only now: older Pythons cannot even read these.
    from stack.errors import StackError

    try:
        return _run(_arguments())
    except StackError as error:
        return _fail(str(error))
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        return 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 -m stack", description="Runs Dailies on this machine.")
    commands = parser.add_subparsers(dest="command", required=True)
    setup = commands.add_parser("setup", help="install what is missing: programs and Python packages")
    setup.add_argument("--dev", action="store_true", help="also what tests and checks need")
    up = commands.add_parser("up", help="start everything and wait for Ctrl-C")
    up.add_argument("--processors", type=_copies, default=1, help="how many processors (default 1)")
    commands.add_parser("down", help="end what runs")
    commands.add_parser("ps", help="show what runs")
    logs = commands.add_parser("logs", help="show and follow the logs of a service, process or server")
    logs.add_argument("name", metavar="SERVICE")
    story = commands.add_parser("story", help="tell what all logs say about a batch, in its order")
    story.add_argument("batch", metavar="BATCH")
    story.add_argument("--stdin", action="store_true", help="read the logs from standard input")
    account = commands.add_parser("account", help="change an account: set-tier EMAIL TIER, set-role EMAIL ROLE")
    account.add_argument("arguments", nargs=argparse.REMAINDER)
    return parser.parse_args()


def _run(arguments: argparse.Namespace) -> int:
    from stack import account, follow, lock, setup, status, story
    from stack.console import Console, wants_colour
    from stack.errors import StackError
    from stack.up import down, up

    folder = ROOT / ".run"
    match arguments.command:
        case "setup":
            setup.run(ROOT, dev=arguments.dev, say=print)
        case "up":
            return up(ROOT, processors=arguments.processors)
        case "down":
            return down(ROOT, say=print)
        case "ps":
            if lock.holder(folder / "lock") is None:
                raise StackError("Dailies is not running; start it with: make up")
            print(status.table(folder / "status.json"))
        case "account":
            return account.run(ROOT, arguments.arguments)
        case "story":
            lines = list(story.of_text(sys.stdin) if arguments.stdin else story.of_files(folder / "logs"))
            for line in story.tell(lines, arguments.batch):
                print(line)
        case "logs":
            paths = follow.files(folder / "logs", arguments.name)
            console = Console(colour=wants_colour(sys.stdout, dict(os.environ)))
            try:
                for process, line in follow.last(paths):
                    console.line(process, line)
                for process, line in follow.follow(paths):
                    console.line(process, line)
            finally:
                console.close()
    return 0


def _copies(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 64:
        raise argparse.ArgumentTypeError(f"must be a number from 1 to 64, and is {text}")
    return int(text)


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main())
