"""The one error a user is meant to read: it names the file or key, what is wrong, what to do."""


class InputError(Exception):
    """Something given to the pipeline (a setting, a file, an archive) cannot be used."""
