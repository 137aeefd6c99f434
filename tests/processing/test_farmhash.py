import numpy as np

from tfmigrate.processing.farmhash import fingerprint64


def test_it_is_tensorflow_s(rng):
    import tensorflow as tf

    texts = [rng.integers(0, 256, n, dtype=np.uint8).tobytes() for n in (*range(140), 256, 1000)]
    buckets = (1 << 62) + 57
    wanted = tf.strings.to_hash_bucket_fast(texts, buckets).numpy()
    assert [fingerprint64(t) % buckets for t in texts] == wanted.tolist()
