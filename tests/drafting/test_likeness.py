from tfmigrate.drafting import likeness


def test_a_role_is_told_in_the_words_of_every_library():
    assert likeness.role("net/conv1/weights") == likeness.role("conv1/kernel") == "kernel"
    assert likeness.role("conv_a/conv_a_W") == "kernel"
    assert likeness.role("bn/moving_variance") == likeness.role("bn/running_var:0") == "variance"
    assert likeness.role("pos") == ""


def test_words_of_other_libraries_count_as_the_same():
    assert likeness.alike(likeness.features("fc2/w"), likeness.features("dense_2/kernel")) > 0.5
    assert likeness.features("a/BatchNorm/beta") == likeness.features("a/batch_normalization/beta")


def test_the_leaf_is_no_word_of_the_layer():
    assert not likeness.features("kernel")


def test_a_misspelt_word_is_the_only_one_near_it():
    assert likeness.misspelt({"dens", "conv"}, {"dense", "conv"}) == {"dens": "dense"}
    assert likeness.misspelt({"dens"}, {"dense", "denso"}) == {}
