"""What may go wrong while the field app is built."""


class BuildTrouble(Exception):
    """A step of the build failed; the message names the step, the reason and what to do."""
