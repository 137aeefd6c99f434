import pytest

from tfmigrate.errors import Damaged
from tfmigrate.lambdas import instructions, marshal

HEAD = b"c" + b"\0\0\0\0" * 4


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "ends too early"),
        (b"N", "no code"),
        (b"NN", "no code"),
        (HEAD, "ends too early"),
        (HEAD + b"s\xff\xff\xff\x7f", "ends too early"),
        (HEAD + b"s\xff\xff\xff\xff", "ends too early"),
        (b"(" * 200, "ends too early"),
        (b")\x01" * 200 + b"N", "nested too deeply"),
        (b"(\xff\xff\xff\x7f" + b"N" * 50, "ends too early"),
        (b"r\0\0\0\0", "refers to what is not there"),
        (b"R\0\0\0\0", "refers to what is not there"),
        (b"l\xff\xff\xff\x7f", "huge integer"),
        (b"\x7f", "unknown marshal type 0x7f"),
        (b"{" + b"N" * 3, "ends too early"),
        (b"f\x03abc", "cannot be read"),
        (b"u\x02\0\0\0\xff\xfe", "cannot be read"),
    ],
)
def test_hostile_bytes_are_a_clean_error(data, said):
    with pytest.raises(Damaged, match=said):
        marshal.load(data, "2")


def test_too_much_is_not_even_begun():
    with pytest.raises(Damaged, match="larger than 4 MB"):
        marshal.load(b"(" * ((4 << 20) + 1), "3.0")


def test_references_that_spell_a_value_of_any_size_are_shown_short():
    value = ("x",)
    for _ in range(200):
        value = (value, value)
    code = marshal.Code("3.0", 0, 0, 9, 0, b"d\0S\0", (value,), (), (), (), (), "f", b"")
    assert len(instructions.disassembly(code, "3.6")) < 200


def test_byte_2f_is_explained():
    code = marshal.Code("3.0", 0, 0, 9, 0, b"\x2f\0S\0", (), (), (), (), (), "f", b"")
    with pytest.raises(Damaged, match="on Windows replaced every byte 0x5c"):
        instructions.decode(code, "3.6")


def test_every_opcode_table_is_whole():
    for versions in instructions.VERSIONS.values():
        for version in versions:
            names = set(instructions.table(version)[0].values())
            assert {"LOAD_FAST", "RETURN_VALUE", "LOAD_GLOBAL", "EXTENDED_ARG"} <= names, version
