"""The ops that a graph may hold: pure computations, by family. Everything else is refused by name.

"Stateless" is no safe sign (ReadFile, MatchingFiles and PyFuncStateless are registered stateless),
so the list says what is allowed, never what is not. Checked against TensorFlow 2.21's registry by
a test. Nothing here reads or writes files, opens connections, runs Python, keeps state between
calls, or needs an accelerator.
"""

from __future__ import annotations

_FAMILIES = {
    "plumbing": """
        Const Identity IdentityN NoOp StopGradient PreventGradient Snapshot GuaranteeConst
        EnsureShape CheckNumerics Assert
    """,
    "control flow of TF1": """
        Switch Merge Enter Exit NextIteration LoopCond ControlTrigger
        RefSwitch RefMerge RefEnter RefExit RefNextIteration RefIdentity
    """,
    "calls of functions": """
        If StatelessIf While StatelessWhile Case StatelessCase PartitionedCall
        StatefulPartitionedCall
    """,
    "variables": """
        Variable VariableV2 VarHandleOp ReadVariableOp ResourceGather ResourceGatherNd VariableShape
    """,
    "tables": """
        HashTable HashTableV2 LookupTableFind LookupTableFindV2 LookupTableSize LookupTableSizeV2
        MutableHashTable MutableHashTableV2 MutableDenseHashTableV2
    """,
    "arithmetic": """
        Abs Acos Acosh Add AddN AddV2 AccumulateNV2 Angle ApproximateEqual Asin Asinh Atan Atan2
        Atanh Betainc BitwiseAnd BitwiseOr BitwiseXor Cast Ceil ClipByValue Complex ComplexAbs Conj
        Cos Cosh Cross Digamma Div DivNoNan Equal Erf Erfc Erfinv Exp Expm1 Floor FloorDiv FloorMod
        Greater GreaterEqual Igamma Igammac Imag Inv Invert IsFinite IsInf IsNan LeftShift Less
        LessEqual Lgamma Log Log1p LogicalAnd LogicalNot LogicalOr Maximum Minimum Mod Mul MulNoNan
        Ndtri Neg NextAfter NotEqual Polygamma PopulationCount Pow Real RealDiv Reciprocal
        RightShift Rint Round Rsqrt Select SelectV2 Sigmoid Sign Sin Sinh Sqrt Square
        SquaredDifference Sub Tan Tanh TruncateDiv TruncateMod Xdivy Xlog1py Xlogy Zeta
        BesselI0 BesselI0e BesselI1 BesselI1e
    """,
    "reductions": """
        All Any ArgMax ArgMin Bincount DenseBincount Cumprod Cumsum CumulativeLogsumexp
        EuclideanNorm HistogramFixedWidth InTopK InTopKV2 L2Loss Max Mean Min NthElement Prod Sum
        TopK TopKV2 SegmentMax SegmentMean SegmentMin SegmentProd SegmentSum UnsortedSegmentMax
        UnsortedSegmentMin UnsortedSegmentProd UnsortedSegmentSum LowerBound UpperBound
    """,
    "shapes": """
        BatchToSpace BatchToSpaceND Bitcast BroadcastArgs BroadcastGradientArgs BroadcastTo Concat
        ConcatOffset ConcatV2 DepthToSpace Diag DiagPart DynamicPartition DynamicStitch Empty
        ExpandDims ExtractImagePatches ExtractVolumePatches Fill Gather GatherNd GatherV2
        InvertPermutation LinSpace ListDiff MatrixBandPart MatrixDiag MatrixDiagPart
        MatrixDiagPartV2 MatrixDiagPartV3 MatrixDiagV2 MatrixDiagV3 MatrixSetDiag MatrixSetDiagV2
        MatrixSetDiagV3 MirrorPad OneHot OnesLike Pack Pad PadV2 ParallelConcat
        ParallelDynamicStitch Range Rank Reshape Reverse ReverseSequence ReverseV2 Roll ScatterNd
        ScatterNdNonAliasingAdd Shape ShapeN Size Slice SpaceToBatch SpaceToBatchND SpaceToDepth
        Split SplitV Squeeze StridedSlice TensorScatterAdd TensorScatterMax TensorScatterMin
        TensorScatterSub TensorScatterUpdate Tile Transpose ConjugateTranspose Unique UniqueV2
        UniqueWithCounts UniqueWithCountsV2 Unpack UnravelIndex Where ZerosLike
    """,
    "linear algebra": """
        BatchMatMul BatchMatMulV2 BatchMatMulV3 Cholesky Einsum FFT FFT2D FFT3D IFFT IFFT2D IFFT3D
        IRFFT IRFFT2D IRFFT3D LogMatrixDeterminant Lu MatMul MatrixDeterminant MatrixInverse
        MatrixLogarithm MatrixSolve MatrixSolveLs MatrixSquareRoot MatrixTriangularSolve Qr RFFT
        RFFT2D RFFT3D SelfAdjointEigV2 SparseMatMul Svd
    """,
    "layers": """
        AvgPool AvgPool3D BiasAdd BiasAddV1 BlockLSTM BlockLSTMV2 Conv2D Conv2DBackpropInput Conv3D
        Conv3DBackpropInputV2 DepthwiseConv2dNative Dilation2D Elu FractionalAvgPool
        FractionalMaxPool FusedBatchNorm FusedBatchNormV2 FusedBatchNormV3 GRUBlockCell LRN
        LSTMBlockCell LeakyRelu LogSoftmax MaxPool MaxPool3D MaxPoolV2 MaxPoolWithArgmax Relu Relu6
        Selu Softmax Softplus Softsign SoftmaxCrossEntropyWithLogits
        SparseSoftmaxCrossEntropyWithLogits CTCBeamSearchDecoder CTCGreedyDecoder CTCLoss
        EditDistance FakeQuantWithMinMaxArgs FakeQuantWithMinMaxVars
        FakeQuantWithMinMaxVarsPerChannel QuantizeAndDequantizeV2 QuantizeAndDequantizeV3
        QuantizeV2 Dequantize BatchNormWithGlobalNormalization
    """,
    "images": """
        AdjustContrastv2 AdjustHue AdjustSaturation CombinedNonMaxSuppression CropAndResize
        DecodeBmp DecodeGif DecodeImage DecodeJpeg DecodePng DrawBoundingBoxes ExtractGlimpse
        ExtractGlimpseV2 HSVToRGB ImageProjectiveTransformV2 ImageProjectiveTransformV3
        NonMaxSuppression NonMaxSuppressionV2 NonMaxSuppressionV3 NonMaxSuppressionV4
        NonMaxSuppressionV5 NonMaxSuppressionWithOverlaps RGBToHSV ResizeArea ResizeBicubic
        ResizeBilinear ResizeNearestNeighbor ScaleAndTranslate DecodeAndCropJpeg ExtractJpegShape
        EncodeJpeg EncodePng
    """,
    "audio": "AudioSpectrogram DecodeWav EncodeWav Mfcc",
    "text and bytes": """
        AsString Bucketize DecodeBase64 DecodeCSV DecodeRaw DecodePaddedRaw EncodeBase64
        ParseExample ParseExampleV2 ParseSingleExample ParseSequenceExample ParseTensor ReduceJoin
        RegexFullMatch RegexReplace StaticRegexFullMatch StaticRegexReplace StringFormat StringJoin
        StringLength StringLower StringNGrams StringSplit StringSplitV2 StringStrip
        StringToHashBucket StringToHashBucketFast StringToHashBucketStrong StringToNumber
        StringUpper Substr UnicodeDecode UnicodeDecodeWithOffsets UnicodeEncode UnicodeScript
        UnicodeTranscode UnsortedSegmentJoin Fingerprint
    """,
    "sparse and ragged": """
        SparseAdd SparseConcat SparseCross SparseCrossHashed SparseCrossV2 SparseDenseCwiseAdd
        SparseDenseCwiseDiv SparseDenseCwiseMul SparseFillEmptyRows SparseReduceMax SparseReduceSum
        SparseReorder SparseReshape SparseSegmentMean SparseSegmentMeanWithNumSegments
        SparseSegmentSqrtN SparseSegmentSqrtNWithNumSegments SparseSegmentSum
        SparseSegmentSumWithNumSegments SparseSlice SparseSoftmax SparseSparseMaximum
        SparseSparseMinimum SparseSplit SparseTensorDenseAdd SparseTensorDenseMatMul SparseToDense
        DenseToDenseSetOperation DenseToSparseSetOperation SparseToSparseSetOperation SetSize
        RaggedGather RaggedRange RaggedTensorToSparse RaggedTensorToTensor
    """,
    "lists inside loops": """
        TensorArrayV3 TensorArrayCloseV3 TensorArrayConcatV3 TensorArrayGatherV3 TensorArrayReadV3
        TensorArrayScatterV3 TensorArraySizeV3 TensorArraySplitV3 TensorArrayWriteV3
        EmptyTensorList TensorListConcat TensorListConcatV2 TensorListElementShape
        TensorListFromTensor TensorListGather TensorListGetItem TensorListLength
        TensorListPopBack TensorListPushBack TensorListReserve TensorListResize TensorListScatter
        TensorListScatterV2 TensorListSetItem TensorListSplit TensorListStack
    """,
    "random numbers": """
        Multinomial ParameterizedTruncatedNormal RandomGamma RandomPoissonV2 RandomShuffle
        RandomStandardNormal RandomUniform RandomUniformInt TruncatedNormal
        StatelessMultinomial StatelessRandomNormal StatelessRandomUniform StatelessTruncatedNormal
        StatelessRandomGetAlg StatelessRandomGetKeyCounter StatelessRandomGetKeyCounterAlg
        StatelessRandomNormalV2 StatelessRandomUniformIntV2 StatelessRandomUniformV2
        StatelessTruncatedNormalV2
        LogUniformCandidateSampler UniformCandidateSampler
    """,
}
RANDOM = frozenset(_FAMILIES["random numbers"].split())
ALLOWED = frozenset(op for family in _FAMILIES.values() for op in family.split())

VARIABLES = frozenset({"Variable", "VariableV2", "VarHandleOp"})
# Once filled from a checkpoint, and never again, these are tables like the others.
MUTABLE = frozenset({"MutableHashTable", "MutableHashTableV2", "MutableDenseHashTableV2"})
TABLES = frozenset({"HashTable", "HashTableV2"}) | MUTABLE
PLACEHOLDERS = frozenset({"Placeholder", "PlaceholderV2", "PlaceholderWithDefault"})
# Fill a table from arrays; the ones that read a file are not among them.
TABLE_INITIALISERS = frozenset({"InitializeTable", "InitializeTableV2", "LookupTableImportV2"})
# These read one; they may where it is an asset of the model.
FILE_INITIALISERS = frozenset({"InitializeTableFromTextFile", "InitializeTableFromTextFileV2"})
# Change a variable: not run by an export, and only within one answer by the graph's own witness.
ASSIGNMENTS = frozenset({
    "Assign", "AssignAdd", "AssignSub", "AssignVariableOp", "AssignAddVariableOp",
    "AssignSubVariableOp", "ScatterUpdate", "ScatterAdd", "ScatterSub", "ScatterMul", "ScatterDiv",
    "ResourceScatterUpdate", "ResourceScatterAdd", "ResourceScatterSub",
})  # fmt: skip
# Do nothing to a value: dropped where an answer merely waits for them.
ASIDE = frozenset({
    "Assert", "NoOp", "Print", "PrintV2", "ScalarSummary", "HistogramSummary", "ImageSummary",
    "AudioSummary", "AudioSummaryV2", "MergeSummary", "TensorSummary", "TensorSummaryV2",
    "TensorArrayCloseV3",
}) | ASSIGNMENTS  # fmt: skip
