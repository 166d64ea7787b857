"""What can go wrong with the stack, said in one sentence that tells what to do."""


class StackError(Exception):
    """The stack cannot do what was asked; the message is for people."""
