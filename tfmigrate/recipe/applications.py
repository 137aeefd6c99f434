"""The models of keras.applications and their arguments, without importing any Keras.

Source: tf_keras 2.21 and keras 3.15. Weights, tensors and names of files are never arguments: the
weights come from the source.
"""

from __future__ import annotations

_COMMON = ("include_top", "input_shape", "pooling", "classes", "classifier_activation")
_FURTHER = {
    "MobileNet": ("alpha", "depth_multiplier", "dropout"),
    "MobileNetV2": ("alpha",),
    "MobileNetV3Large": ("alpha", "minimalistic", "dropout_rate", "include_preprocessing"),
    "MobileNetV3Small": ("alpha", "minimalistic", "dropout_rate", "include_preprocessing"),
    **{f"EfficientNetV2{s}": ("include_preprocessing",) for s in ("B0", "B1", "B2", "B3", *"LMS")},
    **{f"ConvNeXt{size}": ("include_preprocessing",)
       for size in ("Tiny", "Small", "Base", "Large", "XLarge")},
}  # fmt: skip
_PLAIN = (
    "DenseNet121", "DenseNet169", "DenseNet201", *(f"EfficientNetB{n}" for n in range(8)),
    "InceptionResNetV2", "InceptionV3", "NASNetLarge", "NASNetMobile", "ResNet101", "ResNet101V2",
    "ResNet152", "ResNet152V2", "ResNet50", "ResNet50V2", "VGG16", "VGG19", "Xception",
)  # fmt: skip

# Every model, with what it can be given.
APPLICATIONS: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(_PLAIN, _COMMON),
    **{name: (*_COMMON, *more) for name, more in _FURTHER.items()},
}
