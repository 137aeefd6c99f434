from tfmigrate.proof import Mutation, Power


def planted(*outcomes):
    return Power(tuple(Mutation("drop bias", "dense", outcome) for outcome in outcomes))


def test_a_check_is_sensitive_when_it_caught_something_and_missed_nothing():
    assert planted("caught", "silent")
    assert not planted("caught", "missed")
    assert not planted("silent")
    assert not planted()
