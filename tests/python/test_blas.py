import os
import threading

import numpy as np
from scipy import linalg, sparse
from threadpoolctl import threadpool_info, threadpool_limits

from personalization.recommenders import als
from personalization.warehouse.plugin import Plugin


def threads():
    assert linalg.inv(np.eye(2)) is not None
    return {each["num_threads"] for each in threadpool_info() if each["user_api"] == "blas"}


def test_a_node_that_ends_leaves_blas_on_one_thread_for_those_that_work_beside_it():
    weights = sparse.csr_matrix(np.eye(3, dtype=np.float32))
    settings = als.Settings(factors=2, regularization=1, alpha=1, iterations=1, seed=1)
    with threadpool_limits(limits=2, user_api="blas"):
        node = threading.Thread(target=als.factorise, args=(weights, settings))
        node.start()
        node.join()
        assert threads() == {1}


def test_a_build_has_blas_on_one_thread_from_its_start(monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "2")
    with threadpool_limits(limits=2, user_api="blas"):
        Plugin("plugin", {}, None)
        assert threads() == {1}
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
