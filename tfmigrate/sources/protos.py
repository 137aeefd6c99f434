"""The few protobuf messages that checkpoints and graphs are made of, read without TensorFlow.

Any import of TensorFlow's own generated modules loads TensorFlow, so a schema of the fields that
are read here is built at run time, in a descriptor pool of its own. Field numbers are facts of the
formats; fields that are not named here stay unknown and are skipped. Maps are declared as the
repeated entries that they are on the wire, enums as numbers (except ``DataType``, which the text
format spells out).
"""

from __future__ import annotations

import functools
from collections.abc import Iterable
from typing import Any

from tfmigrate.errors import Damaged, shown
from tfmigrate.tensors import Shape

# DataType's numbers, as tensorflow/core/framework/types.proto gives them.
DTYPES = {
    1: "float32", 2: "float64", 3: "int32", 4: "uint8", 5: "int16", 6: "int8", 7: "string",
    8: "complex64", 9: "int64", 10: "bool", 11: "qint8", 12: "quint8", 13: "qint32",
    14: "bfloat16", 15: "qint16", 16: "quint16", 17: "uint16", 18: "complex128", 19: "float16",
    20: "resource", 21: "variant", 22: "uint32", 23: "uint64", 24: "float8_e5m2",
    25: "float8_e4m3fn", 29: "int4", 30: "uint4",
}  # fmt: skip
_SPELLED = {"float32": "FLOAT", "float64": "DOUBLE", "float16": "HALF"}
_REFERENCE = 100  # DT_FLOAT_REF and so on: a variable of a TF1 graph

# "name number type", "*" before the type of a repeated field.
_MESSAGES = {
    "Dim": "size 1 int64",
    "Shape": "dim 2 *Dim, unknown_rank 3 bool",
    "Extent": "start 1 int64, length 2 ?int64",
    "Slice": "extent 1 *Extent",
    "Version": "producer 1 int32, min_consumer 2 int32, bad_consumers 3 *int32",
    "BundleHeader": "num_shards 1 int32, endianness 2 int32, version 3 Version",
    "BundleEntry": "dtype 1 int32, shape 2 Shape, shard_id 3 int32, offset 4 int64, size 5 int64,"
    " crc32c 6 fixed32, slices 7 *Slice",
    "SavedSliceMeta": "name 1 string, shape 2 Shape, type 3 int32, slice 4 *Slice",
    "SavedTensorSliceMeta": "tensor 1 *SavedSliceMeta, versions 2 Version",
    "SavedTensorSlices": "meta 1 SavedTensorSliceMeta",
    "CheckpointState": "model_checkpoint_path 1 string, all_model_checkpoint_paths 2 *string",
    "Reference": "node_id 1 int32, local_name 2 string",
    "Attribute": "name 1 string, full_name 2 string, checkpoint_key 3 string",
    "Slot": "original_variable_node_id 1 int32, slot_name 2 string, slot_variable_node_id 3 int32",
    "Trackable": "children 1 *Reference, attributes 2 *Attribute, slot_variables 3 *Slot",
    "ObjectGraph": "nodes 1 *Trackable",
    "TensorProto": "dtype 1 DataType, tensor_shape 2 Shape, tensor_content 4 bytes,"
    " float_val 5 *float, int_val 7 *int32, string_val 8 *bytes, bool_val 11 *bool",
    "Function": "name 1 string",
    "AttrList": "type 6 *DataType, shape 7 *Shape, func 9 *Function",
    "AttrValue": "list 1 ?AttrList, s 2 ?bytes, i 3 ?int64, b 5 ?bool, type 6 DataType,"
    " shape 7 Shape, tensor 8 TensorProto, placeholder 9 ?string, func 10 Function",
    "Attr": "key 1 string, value 2 AttrValue",
    "Node": "name 1 string, op 2 string, input 3 *string, attr 5 *Attr",
    "ArgDef": "name 1 string, type 3 DataType, type_attr 4 string, number_attr 5 string,"
    " type_list_attr 6 string",
    "OpDef": "name 1 string, input_arg 2 *ArgDef, output_arg 3 *ArgDef",
    "Named": "key 1 string, value 2 string",
    "FunctionDef": "signature 1 OpDef, node_def 3 *Node, ret 4 *Named, control_ret 6 *Named",
    "Library": "function 1 *FunctionDef",
    "Graph": "node 1 *Node, library 2 Library, versions 4 Version",
    "MetaInfo": "tags 4 *string, tensorflow_version 5 string",
    "BytesList": "value 1 *bytes",
    "Any": "type_url 1 string, value 2 bytes",
    "AnyList": "value 1 *Any",
    "NodeList": "value 1 *string",
    "Collection": "node_list 1 NodeList, bytes_list 2 BytesList, any_list 5 AnyList",
    "CollectionEntry": "key 1 string, value 2 Collection",
    "Sparse": "values_tensor_name 1 string",
    "Composite": "components 2 *TensorInfo",
    "TensorInfo": "name 1 string, dtype 2 DataType, tensor_shape 3 Shape, coo_sparse 4 Sparse,"
    " composite_tensor 5 Composite",
    "TensorInfoEntry": "key 1 string, value 2 TensorInfo",
    "Default": "key 1 string, value 2 TensorProto",
    "SignatureDef": "inputs 1 *TensorInfoEntry, outputs 2 *TensorInfoEntry, method_name 3 string,"
    " defaults 4 *Default",
    "SignatureEntry": "key 1 string, value 2 SignatureDef",
    "SaveSlice": "full_name 1 string, full_shape 2 *int64, var_offset 3 *int64, var_shape 4 *int64",
    "Variable": "variable_name 1 string, save_slice_info_def 4 ?SaveSlice",
    "UserObject": "identifier 1 string, metadata 3 string",
    "SavedVariable": "dtype 1 DataType, shape 2 Shape, name 6 string",
    "SavedAsset": "asset_file_def_index 1 int32",
    "SavedFunction": "concrete_functions 1 *string",
    "SavedBare": "concrete_function_name 1 string",
    "SavedConstant": "operation 1 string",
    "SavedResource": "device 1 string",
    "SavedObject": "children 1 *Reference, user_object 4 ?UserObject, asset 5 ?SavedAsset,"
    " function 6 ?SavedFunction, variable 7 ?SavedVariable, bare_concrete_function 8 ?SavedBare,"
    " constant 9 ?SavedConstant, resource 10 ?SavedResource",
    "Spec": "name 1 string, shape 2 Shape, dtype 3 DataType",
    "Values": "values 1 *Structured",
    "Field": "key 1 string, value 2 Structured",
    "Fields": "fields 1 *Field",
    "NamedTuple": "name 1 string, values 2 *Field",
    "Empty": "",
    "Structured": "none_value 1 ?Empty, float64_value 11 ?double, int64_value 12 ?sint64,"
    " string_value 13 ?string, bool_value 14 ?bool, tensor_spec_value 33 ?Spec,"
    " type_spec_value 34 ?Empty, bounded_tensor_spec_value 35 ?Spec, list_value 51 ?Values,"
    " tuple_value 52 ?Values, dict_value 53 ?Fields, named_tuple_value 54 ?NamedTuple",
    "SavedConcrete": "bound_inputs 2 *int32, canonicalized_input_signature 3 Structured,"
    " output_signature 4 Structured",
    "SavedConcreteEntry": "key 1 string, value 2 SavedConcrete",
    "SavedObjectGraph": "nodes 1 *SavedObject, concrete_functions 2 *SavedConcreteEntry",
    "AssetFile": "tensor_info 1 TensorInfo, filename 2 string",
    "MetaGraph": "meta_info_def 1 MetaInfo, graph_def 2 Graph, saver_def 3 ?Saver,"
    " collection_def 4 *CollectionEntry, signature_def 5 *SignatureEntry,"
    " asset_file_def 6 *AssetFile, object_graph_def 7 SavedObjectGraph",
    "Saver": "filename_tensor_name 1 string, restore_op_name 3 string",
    "SavedModel": "saved_model_schema_version 1 int64, meta_graphs 2 *MetaGraph",
    "KerasObject": "node_id 2 int32, node_path 3 string, identifier 4 string, metadata 5 string",
    "KerasMetadata": "nodes 1 *KerasObject",
    # Requests to TensorFlow Serving; tensors and examples are kept as the bytes that they are.
    "ModelSpec": "name 1 string, signature_name 3 string",
    "TensorEntry": "key 1 string, value 2 bytes",
    "PredictRequest": "model_spec 1 ModelSpec, inputs 2 *TensorEntry",
    "ExampleList": "examples 1 *bytes",
    "ExampleInput": "example_list 1 ExampleList",
    "ExamplesRequest": "model_spec 1 ModelSpec, input 2 ExampleInput",
    "PredictLog": "request 1 PredictRequest",
    "ExamplesLog": "request 1 ExamplesRequest",
    "PredictionLog": "classify_log 2 ?ExamplesLog, regress_log 3 ?ExamplesLog,"
    " predict_log 6 ?PredictLog",
}
_PACKAGE = "tfmigrate.wire"


@functools.cache
def _pool() -> Any:
    from google.protobuf import descriptor_pb2, descriptor_pool

    file = descriptor_pb2.FileDescriptorProto(
        name="tfmigrate/wire.proto", package=_PACKAGE, syntax="proto3"
    )
    _add_dtypes(file.enum_type.add(name="DataType"))
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field in fields.split(",") if fields else ():
            _add_field(message, *field.split())
    pool = descriptor_pool.DescriptorPool()
    pool.AddSerializedFile(file.SerializeToString())
    return pool


def _add_dtypes(enum: Any) -> None:
    enum.value.add(name="DT_INVALID", number=0)
    for number, name in DTYPES.items():
        spelled = "DT_" + _SPELLED.get(name, name.upper())
        enum.value.add(name=spelled, number=number)
        enum.value.add(name=f"{spelled}_REF", number=number + _REFERENCE)


def _add_field(message: Any, name: str, number: str, kind: str) -> None:
    field = message.field.add(name=name, number=int(number))
    field.label = field.LABEL_REPEATED if kind[0] == "*" else field.LABEL_OPTIONAL
    if kind[0] == "?":  # presence matters: a oneof of its own, as proto3's "optional" is
        field.proto3_optional = True
        field.oneof_index = len(message.oneof_decl)
        message.oneof_decl.add(name=f"_{name}")
    kind = kind.lstrip("*?")
    if kind == "DataType" or kind in _MESSAGES:
        field.type = field.TYPE_ENUM if kind == "DataType" else field.TYPE_MESSAGE
        field.type_name = f".{_PACKAGE}.{kind}"
    else:
        field.type = getattr(field, f"TYPE_{kind.upper()}")


@functools.cache
def message(name: str) -> Any:
    """The message class ``name`` of this module's schema."""
    from google.protobuf import message_factory

    found = _pool().FindMessageTypeByName(f"{_PACKAGE}.{name}")
    return message_factory.GetMessageClass(found)


def parse(name: str, data: bytes, where: str) -> Any:
    """The message ``name`` in ``data``.

    Raises:
        Damaged: The bytes are no such message.
    """
    from google.protobuf.message import DecodeError

    found = message(name)()
    try:
        found.ParseFromString(data)
    except DecodeError as error:
        raise Damaged(
            f"{len(data)} bytes that should be a {name} message cannot be parsed",
            where=where,
            help="copy the file again from where it was written; this copy is cut or changed",
        ) from error
    return found


def parse_text(name: str, text: str, where: str) -> Any:
    """The message ``name`` in protobuf's text format; unknown fields are skipped.

    Raises:
        Damaged: The text is no such message.
    """
    from google.protobuf import text_format

    found = message(name)()
    try:
        text_format.Parse(text, found, allow_unknown_field=True)
    except (text_format.ParseError, UnicodeError, RecursionError) as error:
        raise Damaged(f"not a text {name} message: {shown(error)}", where=where) from error
    return found


def dtype(number: int) -> str:
    """NumPy's name of a DataType, references as what they refer to; "" for an unknown one."""
    return DTYPES.get(number - _REFERENCE if number > _REFERENCE else number, "")


def shape(found: Any) -> Shape | None:
    """A shape, ``None`` for a free dimension; ``None`` as a whole where the rank is unknown."""
    if found.unknown_rank:
        return None
    return tuple(None if d.size < 0 else d.size for d in found.dim)


def entries(found: Iterable[Any]) -> dict[str, Any]:
    """The entries of a map field as a dict."""
    return {entry.key: entry.value for entry in found}
