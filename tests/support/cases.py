"""Running the cases of a Python test script under ctest."""
import sys
import unittest

SKIPPED = 77  # exit code that ctest shows as skipped


def main():
    """Runs the cases of the calling script; exits with SKIPPED when there was nothing but skipped ones."""
    result = unittest.main(module="__main__", exit=False, verbosity=2).result
    if not result.wasSuccessful():
        sys.exit(1)
    sys.exit(SKIPPED if result.testsRun == len(result.skipped) else 0)
