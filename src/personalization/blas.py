"""BLAS on one thread: with more, sums are added up in another order and round otherwise."""

import os


def on_one_thread() -> None:
    """Let BLAS compute with one thread in this process, from here on.

    Nothing gives the threads back: their number is one for the whole process, and what gave them
    back would give them to another node in the middle of its work, too.
    """
    from threadpoolctl import OpenBLASController, threadpool_limits

    # For a library that is loaded later.
    os.environ["OPENBLAS_NUM_THREADS"] = "1"
    # The first thread that sets a limit is the only one whose limits hold, until it ends.
    OpenBLASController.clear_controlling_thread(force=True)
    threadpool_limits(limits=1, user_api="blas")
    OpenBLASController.clear_controlling_thread()
