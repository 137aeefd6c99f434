"""What ``keras`` and ``tf.keras`` were up to 2.15, over tf_keras: the modules by their old paths.

Only workers import this module; it needs TensorFlow.
"""

from __future__ import annotations

from typing import Any

from tfmigrate.lazy import load
from tfmigrate.trusted.era import Era
from tfmigrate.trusted.views import View

_ROOTS = ("tensorflow.python.keras.api", "tensorflow.python.keras", "tensorflow.keras", "keras")

# Old module, without its root -> the room that stands for it.
_PATHS = {
    "layers": "core convolutional convolutional_recurrent cudnn_recurrent pooling local recurrent "
    "recurrent_v2 embeddings merge noise normalization normalization_v2 wrappers core_rnn "
    "advanced_activations dense_attention attention rnn_cell_wrapper_v2 serialization containers",
    "engine": "topology training base_layer base_layer_v1 input_layer network sequential "
    "functional input_spec base_layer_utils node",
    "utils": "generic_utils conv_utils np_utils layer_utils io_utils data_utils vis_utils tf_utils "
    "test_utils training_utils multi_gpu_utils losses_utils control_flow_util all_utils",
    "backend": "tensorflow_backend common load_backend",
    "initializers": "initializers_v1 initializers_v2",
    "legacy": "interfaces layers models",
}

# Room -> the modules of today that hold it.
_BEHIND = {
    "": "tf_keras",
    "layers": "tf_keras.layers",
    "engine": "tf_keras.layers tf_keras.models tf_keras.src.engine.input_spec tf_keras.utils "
    "tf_keras.src.engine.base_layer tf_keras.src.engine.base_layer_utils tf_keras.src.engine.node",
    "models": "tf_keras.models",
    "utils": "tf_keras.utils tf_keras.src.utils.generic_utils tf_keras.src.utils.conv_utils "
    "tf_keras.src.utils.np_utils tf_keras.src.utils.layer_utils tf_keras.src.utils.tf_utils "
    "tf_keras.src.utils.io_utils tf_keras.src.utils.data_utils "
    "tf_keras.src.saving.object_registration tf_keras.src.saving.legacy.serialization "
    "tf_keras.src.utils.control_flow_util",
    "backend": "tf_keras.backend tf_keras.src.backend",
    "activations": "tf_keras.activations",
    "initializers": "tf_keras.initializers",
    "initializations": "tf_keras.initializers",
    "regularizers": "tf_keras.regularizers",
    "constraints": "tf_keras.constraints",
    "losses": "tf_keras.losses",
    "objectives": "tf_keras.losses",
    "metrics": "tf_keras.metrics",
    "optimizers": "tf_keras.optimizers",
    "callbacks": "tf_keras.callbacks",
    "legacy": "",
}  # fmt: skip

_ROOM_OF = {
    **{room: room for room in _BEHIND if room},
    **{f"{room}.{name}": room for room, names in _PATHS.items() for name in names.split()},
    "backend_config": "backend",
    "legacy.layers": "layers",
}


class Rooms:
    """The stand-ins of one era, made when they are asked for first.

    Args:
        era: When the code was written.
    """

    def __init__(self, era: Era) -> None:
        self._era = era
        self._made: dict[tuple[str, bool], View] = {}
        self._tensorflow: Any = None

    def find(self, name: str) -> Any:
        """The stand-in for a module, None where the module means itself.

        Raises:
            ModuleNotFoundError: Keras had no such module, or nothing stands for it today.
        """
        for root in _ROOTS:
            if name == root or name.startswith(f"{root}."):
                return self._room(name, name[len(root) + 1 :], root)
        if name == "tensorflow":
            return self.tensorflow()
        if name.startswith(("tensorflow.compat", "tensorflow.python")):
            return None
        if name.startswith("tensorflow."):
            return self._inside(name)
        return None

    def keras(self, inside: bool) -> View:
        """The whole of Keras, or of tf.keras."""
        return self._view("", inside)

    def tensorflow(self) -> Any:
        """TensorFlow as it was."""
        if self._tensorflow is None:
            own = load("tfmigrate.trusted.legacy_tensorflow:names")(self._era)
            self._tensorflow = load("tfmigrate.trusted.legacy_tensorflow:view")(
                self._era, {**own, "keras": self.keras(inside=True)}
            )
        return self._tensorflow

    def _inside(self, name: str) -> Any:
        found = self.tensorflow()
        for part in name.split(".")[1:]:
            found = getattr(found, part, None)
            if found is None:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return found

    def _room(self, name: str, path: str, root: str) -> Any:
        inside = root != "keras" or self._era.inside
        if not path or path in _ROOM_OF:
            return self._view(_ROOM_OF.get(path, ""), inside)
        try:  # datasets, applications, preprocessing: as they are today
            return load(f"tf_keras.{path}")
        except Exception as error:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name) from error

    def _view(self, room: str, inside: bool) -> View:
        if (room, inside) not in self._made:
            behind = tuple(load(m) for m in _BEHIND[room].split())
            name = ("tensorflow.keras" if inside else "keras") + (f".{room}" if room else "")
            adapt = load("tfmigrate.trusted.legacy_names:adapter")(room, self._era, inside)
            kind = load("tfmigrate.trusted.legacy_names:Interfaces") if room == "legacy" else View
            view = self._made[room, inside] = kind(name, {}, behind, adapt)
            vars(view).update(self._own(room, inside))
        return self._made[room, inside]

    def _own(self, room: str, inside: bool) -> dict[str, Any]:
        """What a room held of its own; the rooms below it are among it."""
        below = {
            path[len(room) + 1 if room else 0 :]: self._view(target, inside)
            for path, target in _ROOM_OF.items()
            if path.rpartition(".")[0] == room and target != room
        }
        own = load("tfmigrate.trusted.legacy_names:names")(room, self._era, inside)
        me = self._made[room, inside]
        same = {p.rpartition(".")[2]: me for p, t in _ROOM_OF.items() if t == room and "." in p}
        return {**same, **below, **own}
