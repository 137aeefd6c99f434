from __future__ import annotations


def test_a_contract_and_its_names_are_handed_on(run, calls, tmp_path):
    old = tmp_path / "contract.json"
    old.touch()
    done = run("h5-to-savedmodel", "m.h5", "out", "--contract", str(old), "--alias")
    options = calls[0][4]
    assert (done.code, options.contract, options.alias) == (0, old, True)


def test_names_of_no_contract_cannot_be_kept(run, calls):
    done = run("h5-to-savedmodel", "m.h5", "out", "--alias")
    assert (done.code, calls) == (2, [])
    assert "contract" in done.err


def test_a_contract_that_is_not_there(run, calls, tmp_path):
    done = run("h5-to-savedmodel", "m.h5", "out", "--contract", str(tmp_path / "none"))
    assert (done.code, calls) == (2, [])
