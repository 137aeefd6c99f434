import pytest

TEXTS = ("", "A", "The  Cat\tSAT \n", "ÄÖÜ É Σας ΣΑΣ İI", "日本 語")


@pytest.mark.parametrize("letters", ["unicode", "ascii"])
def test_lower(letters, same, texts):
    found = same([{"lower": letters}], texts(*(t.encode() for t in TEXTS)))
    wanted = TEXTS[3].lower() if letters == "unicode" else "ÄÖÜ É Σας ΣΑΣ İi"
    assert found[2:4].tolist() == [b"the  cat\tsat \n", wanted.encode()]


def test_split_is_at_ascii_white_space(same, texts):
    words = ["split", {"lookup": {"vocabulary": "words.txt", "unknown": 9}}, {"pad": 4}]
    found = same(words, texts(*(t.encode() for t in TEXTS), b"A\x0bA\x0cA\rA", b"A A"))
    assert found.tolist() == [
        [0, 0, 0, 0], [9, 0, 0, 0], [9, 9, 9, 0], [9, 9, 9, 9], [9, 9, 0, 0], [9, 9, 9, 9],
        [9, 9, 0, 0],
    ]  # fmt: skip


@pytest.fixture(autouse=True)
def _words(tmp_path):
    (tmp_path / "words.txt").write_text("x\n")
