"""What the fork server imports whose workers compute without oneDNN: TensorFlow's C library.

The library reads the flag once, while it is loaded; importing this module is what loads it.
"""

from __future__ import annotations

import os

from tfmigrate.parity import c_session

os.environ["TF_ENABLE_ONEDNN_OPTS"] = "0"
LIBRARY = c_session.library()
