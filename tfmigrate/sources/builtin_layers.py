"""The layers and activations that each era of Keras had of its own; plain data.

A name that a later Keras made its own may be an author's class in an older file (a
``LayerNormalization`` of Keras 2.2 is not that of TensorFlow 2), so the names go by era. Taken from
the public names of Keras 0.3.3, 1.0.8, 1.2.2, 2.0.8, 2.3.1, 3.15 and tf.keras 1.4 to 2.15.
"""

from __future__ import annotations

_MODELS = "Model Sequential Functional InputLayer Layer"

_EVERY_ERA = """
Dense Activation Dropout Flatten Reshape Permute RepeatVector Lambda Masking ActivityRegularization
Embedding LSTM GRU SimpleRNN TimeDistributed BatchNormalization GaussianNoise GaussianDropout
LeakyReLU PReLU ELU ZeroPadding1D ZeroPadding2D UpSampling1D UpSampling2D MaxPooling1D MaxPooling2D
AveragePooling1D AveragePooling2D
"""

# Wrapper, Bidirectional ... came with Keras 1; Keras 2.1 still had MaxoutDense, Highway, Recurrent.
_KERAS_1 = """
Graph Merge Convolution1D Convolution2D Convolution3D AtrousConvolution1D AtrousConvolution2D Conv1D
Conv2D Conv3D AtrousConv1D AtrousConv2D Deconvolution2D Deconv2D SeparableConvolution2D
SeparableConv2D Cropping1D Cropping2D Cropping3D ZeroPadding3D UpSampling3D MaxPooling3D
AveragePooling3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D
GlobalAveragePooling2D GlobalAveragePooling3D LocallyConnected1D LocallyConnected2D ConvLSTM2D
ConvRecurrent2D MaxoutDense Highway TimeDistributedDense TimeDistributedMerge AutoEncoder SReLU
ParametricSoftplus ThresholdedReLU ThresholdedLinear Bidirectional Wrapper Recurrent
SpatialDropout1D SpatialDropout2D SpatialDropout3D Siamese SiameseHead LambdaMerge MaskedLayer
WordContextProduct
"""

_KERAS_2 = """
Conv1D Conv2D Conv3D Convolution1D Convolution2D Convolution3D Conv2DTranspose Conv3DTranspose
Convolution2DTranspose Convolution3DTranspose Deconvolution2D Deconvolution3D Deconv2D Deconv3D
DepthwiseConv2D SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D
AtrousConvolution1D AtrousConvolution2D Cropping1D Cropping2D Cropping3D ZeroPadding3D UpSampling3D
MaxPooling3D AveragePooling3D MaxPool1D MaxPool2D MaxPool3D AvgPool1D AvgPool2D AvgPool3D
GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D GlobalAveragePooling1D
GlobalAveragePooling2D GlobalAveragePooling3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D
GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D LocallyConnected1D LocallyConnected2D ConvLSTM2D
ConvLSTM2DCell ConvRNN2D ConvRecurrent2D RNN SimpleRNNCell LSTMCell GRUCell StackedRNNCells
CuDNNLSTM CuDNNGRU Add Subtract Multiply Average Maximum Minimum Concatenate Dot ThresholdedReLU
Softmax ReLU AlphaDropout SpatialDropout1D SpatialDropout2D SpatialDropout3D Bidirectional Wrapper
Merge MaxoutDense Highway Recurrent
"""

# Name -> the first tf.keras that had it, as it names itself in files (TensorFlow 1.13 to 2.1 say
# 2.2.4-tf, 2.2 says 2.3.0-tf, 2.3 and 2.4 say 2.4.0).
TF_KERAS_SINCE = {
    (2, 0): """TFOpLambda SlicingOpLambda ClassMethod InstanceMethod InstanceProperty AddLoss
        AddMetric TensorFlowOpLayer BatchNormalizationV1 BatchNormalizationV2 GRUV1 GRUV2 LSTMV1
        LSTMV2 GRUCellV1 GRUCellV2 LSTMCellV1 LSTMCellV2 DropoutWrapper ResidualWrapper
        DeviceWrapper AbstractRNNCell UnifiedLSTM UnifiedGRU PeepholeLSTMCell""",
    (2, 2): """LayerNormalization Attention AdditiveAttention SyncBatchNormalization DenseFeatures
        SequenceFeatures LinearModel WideDeepModel RandomFourierFeatures""",
    (2, 3): """Rescaling Resizing CenterCrop RandomCrop RandomFlip RandomTranslation RandomRotation
        RandomZoom RandomContrast RandomHeight RandomWidth Normalization TextVectorization
        Discretization CategoryEncoding CategoryCrossing Hashing IntegerLookup StringLookup
        IndexLookup EinsumDense Conv1DTranspose Convolution1DTranspose MultiHeadAttention""",
    (2, 6): """ConvLSTM1D ConvLSTM3D DepthwiseConv1D RandomBrightness UnitNormalization
        HashedCrossing Identity GroupNormalization SpectralNormalization""",
}  # fmt: skip

_KERAS_3 = """
AdaptiveAveragePooling1D AdaptiveAveragePooling2D AdaptiveAveragePooling3D AdaptiveMaxPooling1D
AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention AlphaDropout Attention AugMix
AutoContrast Average AveragePooling3D AvgPool1D AvgPool2D AvgPool3D Bidirectional CategoryEncoding
CenterCrop Concatenate Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose
ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D
Convolution2DTranspose Convolution3D Convolution3DTranspose Cropping1D Cropping2D Cropping3D CutMix
ContrastLimitedAdaptiveHistogramEqualization DepthwiseConv1D DepthwiseConv2D Discretization Dot
EinsumDense Equalization FlaxLayer GRUCell GlobalAveragePooling1D GlobalAveragePooling2D
GlobalAveragePooling3D GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D
GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D GlobalMaxPooling2D GlobalMaxPooling3D
GroupNormalization GroupQueryAttention GroupedQueryAttention HashedCrossing Hashing Identity
IntegerLookup JaxLayer LSTMCell LayerNormalization MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D
MaxPooling3D Maximum MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Normalization Pipeline
RMSNormalization RNN RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter
RandomContrast RandomCrop RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur
RandomGrayscale RandomHue RandomInvert RandomPerspective RandomPosterization RandomRotation
RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom ReLU Rescaling Resizing
ReversibleEmbedding STFTSpectrogram SeparableConv1D SeparableConv2D SeparableConvolution1D
SeparableConvolution2D SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D
SpatialDropout3D SpectralNormalization StackedRNNCells StringLookup Subtract TFSMLayer
TextVectorization TorchModuleWrapper UnitNormalization UpSampling3D Wrapper ZeroPadding3D
"""

_FIRST_ACTIVATIONS = "softmax softplus softsign relu tanh sigmoid hard_sigmoid linear"

_KERAS_3_ACTIVATIONS = """
elu selu exponential celu gelu glu hard_shrink hard_silu hard_swish hard_tanh leaky_relu log_sigmoid
log_softmax mish relu6 silu soft_shrink sparse_plus sparse_sigmoid sparsemax squareplus swish
tanh_shrink threshold
"""

# tf.keras 2.2 (TensorFlow 2.2) brought swish, 2.4 gelu, 2.13 mish.
_TF_KERAS_ACTIVATIONS_SINCE = {(2, 0): "elu selu exponential", (2, 3): "swish silu", (2, 4): "gelu",
                               (2, 13): "mish"}  # fmt: skip


def layers(era: str, version: tuple[int, int] = (9, 9)) -> frozenset[str]:
    """The class names of an era's own layers; those of all eras where it is unknown.

    Args:
        era: As ``writers.era`` says it.
        version: Major and minor of the version in the file; only tf.keras goes by it.
    """
    names = _EVERY_ERA.split() + _MODELS.split()
    if era in ("keras-0", "keras-1", ""):
        names += _KERAS_1.split()
    if era in ("keras-2", "tf.keras", ""):
        names += _KERAS_2.split()
    if era in ("tf.keras", ""):
        names += _since(TF_KERAS_SINCE, version)
    if era in ("keras-3", ""):
        names += _KERAS_3.split()
    return frozenset(names)


def activations(era: str, version: tuple[int, int] = (9, 9)) -> frozenset[str]:
    """The names of an era's own activation functions; those of all eras where it is unknown."""
    names = _FIRST_ACTIVATIONS.split()
    if era == "keras-2":
        names += ["elu", "selu", "exponential"]
    if era in ("keras-1", ""):
        names += ["elu"]
    if era in ("tf.keras", ""):
        names += _since(_TF_KERAS_ACTIVATIONS_SINCE, version)
    if era in ("keras-3", ""):
        names += _KERAS_3_ACTIVATIONS.split()
    return frozenset(names)


def _since(table: dict[tuple[int, int], str], version: tuple[int, int]) -> list[str]:
    return [name for first, names in table.items() if first <= version for name in names.split()]
