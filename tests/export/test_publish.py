import errno
import os
import signal
import stat
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from tfmigrate.errors import EnvironmentProblem, OutputExists, UsageProblem
from tfmigrate.export import durable, leftovers, locks, publish, renames
from tfmigrate.export.publish import Staging

REPOSITORY = str(Path(__file__).parents[2])


def fill(folder, content="new"):
    (folder / "variables").mkdir(parents=True)
    (folder / "saved_model.pb").write_text(content)
    (folder / "variables" / "variables.index").write_text(content)


def content(folder):
    texts = {p.read_text() for p in folder.rglob("*") if p.is_file()}
    assert len(texts) == 1, f"a mixture: {texts}"
    assert sum(p.is_file() for p in folder.rglob("*")) == 2
    return texts.pop()


def migrate(target, **options):
    with Staging(target, **{"overwrite": False, **options}) as staging:
        fill(staging.path)
        staging.publish()
    return staging


@pytest.fixture(params=["renameat2", "fallback"])
def renaming(request, monkeypatch):
    if request.param == "fallback":
        monkeypatch.setattr(renames, "_system_call", lambda *_: errno.EINVAL)
    return request.param


def test_the_target_appears_whole_and_nothing_else_does(tmp_path, renaming):
    staging = migrate(tmp_path / "a" / "b" / "out")
    assert content(tmp_path / "a" / "b" / "out") == "new"
    assert [p.name for p in (tmp_path / "a" / "b").iterdir()] == ["out"]
    assert bool(staging.notes) == (renaming == "fallback")


def test_the_staging_folder_is_hidden_private_and_no_number(tmp_path):
    with Staging(tmp_path / "7", overwrite=False) as staging:
        folder = staging.path.parent
        assert folder.name.startswith(".7.tfmigrate-")
        assert folder.name.endswith(".partial")
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
        assert folder.parent == tmp_path
        assert list(staging.path.iterdir()) == []


def test_a_run_that_does_not_publish_leaves_nothing(tmp_path):
    with Staging(tmp_path / "a" / "b" / "out", overwrite=False) as staging:
        fill(staging.path)
    assert list(tmp_path.iterdir()) == []


def test_an_interrupt_leaves_nothing(tmp_path, monkeypatch):
    def interrupt(step):
        if step == "settled":
            raise KeyboardInterrupt

    monkeypatch.setattr(publish, "reached", interrupt)
    with pytest.raises(KeyboardInterrupt):
        migrate(tmp_path / "a" / "out")
    assert list(tmp_path.iterdir()) == []


def test_parents_that_were_there_stay(tmp_path):
    (tmp_path / "a").mkdir()
    with Staging(tmp_path / "a" / "b" / "out", overwrite=False):
        pass
    assert [p.name for p in tmp_path.iterdir()] == ["a"]
    assert list((tmp_path / "a").iterdir()) == []


KINDS = {
    "file": lambda p: p.write_text("mine"),
    "empty folder": lambda p: p.mkdir(),
    "folder": lambda p: (p.mkdir(), (p / "mine").write_text("mine")),
    "SavedModel": lambda p: fill(p, "mine"),
    "dangling link": lambda p: p.symlink_to("nowhere"),
    "link": lambda p: p.symlink_to("elsewhere"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_whatever_is_at_the_target_is_refused_and_left(tmp_path, kind):
    fill(tmp_path / "elsewhere", "mine")
    target = tmp_path / "out"
    KINDS[kind](target)
    before = os.lstat(target)
    with pytest.raises(OutputExists, match="OUTPUT exists"), Staging(target, overwrite=False):
        raise AssertionError("entered")
    assert os.lstat(target) == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["elsewhere", "out"]


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_overwrite_replaces_no_stranger(tmp_path, kind):
    target = tmp_path / "out"
    KINDS[kind](target)
    with pytest.raises(OutputExists, match="nothing else"), Staging(target, overwrite=True):
        raise AssertionError("entered")
    assert os.path.lexists(target)


@pytest.mark.parametrize("kind", ["SavedModel", "empty folder", "link"])
def test_overwrite_replaces_a_saved_model(tmp_path, kind, renaming):
    fill(tmp_path / "elsewhere", "mine")
    KINDS[kind](tmp_path / "out")
    migrate(tmp_path / "out", overwrite=True)
    assert content(tmp_path / "out") == "new"
    assert not (tmp_path / "out").is_symlink()
    assert content(tmp_path / "elsewhere") == "mine"
    assert sorted(p.name for p in tmp_path.iterdir()) == ["elsewhere", "out"]


@pytest.mark.parametrize("kind", ["file", "empty folder", "SavedModel"])
def test_what_appears_during_the_run_wins(tmp_path, kind, renaming):
    with Staging(tmp_path / "out", overwrite=False) as staging:
        fill(staging.path)
        KINDS[kind](tmp_path / "out")
        before = os.lstat(tmp_path / "out")
        with pytest.raises(OutputExists):
            staging.publish()
    assert os.lstat(tmp_path / "out") == before
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_version_goes_beside_its_elders(tmp_path):
    migrate(tmp_path / "model", model_version=1)
    migrate(tmp_path / "model", model_version=2)
    assert sorted(p.name for p in (tmp_path / "model").iterdir()) == ["1", "2"]
    with pytest.raises(OutputExists):
        migrate(tmp_path / "model", model_version=2)
    migrate(tmp_path / "model", model_version=2, overwrite=True)
    with pytest.raises(UsageProblem, match="a SavedModel itself"):
        migrate(tmp_path / "model" / "1", model_version=3)
    assert content(tmp_path / "model" / "1") == "new"


@pytest.mark.parametrize("name", ["", ".", "..", "/", "a/.."])
def test_an_output_needs_a_name(name):
    with pytest.raises(UsageProblem, match="a name of its own"):
        Staging(Path(name), overwrite=False)


def test_hard_names_are_published(tmp_path):
    for name in ("x" * 255, "a[1]*?.b", "line\nbreak", "-rf", "é" * 100, os.fsdecode(b"\xff\xfe")):
        migrate(tmp_path / name)
        assert content(tmp_path / name) == "new"


@pytest.mark.parametrize("umask", [0o022, 0o077, 0o002])
def test_modes_come_from_the_umask(tmp_path, umask):
    before = os.umask(umask)
    try:
        with Staging(tmp_path / "out", overwrite=False) as staging:
            fill(staging.path)
            (staging.path / "saved_model.pb").chmod(0o777)
            staging.publish()
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(p.stat().st_mode) for p in (tmp_path / "out").rglob("*") if p.is_file()}
    assert modes == {0o666 & ~umask}
    assert stat.S_IMODE((tmp_path / "out").stat().st_mode) == 0o777 & ~umask


def test_a_link_or_a_fifo_in_staging_is_refused(tmp_path):
    for make in (lambda p: p.symlink_to("/etc"), lambda p: os.mkfifo(p)):
        with Staging(tmp_path / "out", overwrite=False) as staging:
            make(staging.path / "strange")
            with pytest.raises(EnvironmentProblem):
                staging.publish()
        assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("nth", range(1, 7))
@pytest.mark.parametrize("old", [False, True])
def test_a_full_disk_leaves_the_old_or_none(tmp_path, monkeypatch, nth, old, renaming):
    if old:
        fill(tmp_path / "out", "old")
    calls = 0

    def full(_):
        nonlocal calls
        calls += 1
        if calls == nth:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    with Staging(tmp_path / "out", overwrite=True) as staging:
        fill(staging.path)
        monkeypatch.setattr(durable.os, "fsync", full)
        if nth <= 4 or (nth == 5 and old and renaming == "fallback"):
            with pytest.raises(EnvironmentProblem, match="No space left"):
                staging.publish()
            expected = "old" if old else None
        else:
            staging.publish()
            expected = "new"
    if expected:
        assert content(tmp_path / "out") == expected
    assert [p.name for p in tmp_path.iterdir()] == (["out"] if expected else [])
    if calls >= nth and expected == "new":
        assert "did not confirm" in "".join(staging.notes)


def test_a_folder_that_cannot_be_written_is_said(tmp_path, monkeypatch):
    def refuse(*_):
        raise PermissionError(errno.EACCES, "Permission denied", str(tmp_path))

    monkeypatch.setattr(leftovers, "claim", refuse)
    with pytest.raises(EnvironmentProblem, match="Permission denied"):
        migrate(tmp_path / "a" / "out")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").write_text("mine")
    with pytest.raises(EnvironmentProblem, match="Not a directory"):
        migrate(tmp_path / "file" / "out")


def test_a_failed_second_rename_puts_the_old_back(tmp_path, monkeypatch):
    fill(tmp_path / "out", "old")
    monkeypatch.setattr(renames, "_system_call", lambda *_: errno.ENOSYS)
    rename = os.rename

    def failing(source, target):
        if Path(target) == tmp_path / "out" and Path(source).name == leftovers.MODEL:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        rename(source, target)

    monkeypatch.setattr(publish.os, "rename", failing)
    with Staging(tmp_path / "out", overwrite=True) as staging:
        fill(staging.path)
        with pytest.raises(EnvironmentProblem):
            staging.publish()
        assert content(tmp_path / "out") == "old"  # at once, not when the staging is removed
    assert content(tmp_path / "out") == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_a_reader_never_misses_the_target_while_it_is_replaced(tmp_path):
    fill(tmp_path / "out", "old")
    done, missed, seen = threading.Event(), [], 0

    def poll():
        nonlocal seen
        while not done.is_set():
            seen += 1
            try:
                (tmp_path / "out" / "saved_model.pb").read_text()
            except FileNotFoundError:
                missed.append(seen)

    reader = threading.Thread(target=poll)
    reader.start()
    for _ in range(100):
        migrate(tmp_path / "out", overwrite=True)
    done.set()
    reader.join()
    assert seen > 100
    assert missed == []


SCRIPT = textwrap.dedent("""
    import errno, os, signal, sys
    from pathlib import Path
    from tfmigrate.export import publish, renames
    target, step, fallback, how = Path(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    if fallback == "fallback":
        renames._system_call = lambda *_: errno.EINVAL
    def reached(name):
        if name == step:
            if how == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            print("here", flush=True)
            sys.stdin.readline()
    publish.reached = reached
    try:
        with publish.Staging(target, overwrite=how != "new") as staging:
            (staging.path / "variables").mkdir()
            (staging.path / "saved_model.pb").write_text("new")
            (staging.path / "variables" / "variables.index").write_text("new")
            staging.publish()
    except publish.OutputExists:
        sys.exit(2)
""")


def start(target, step, renaming, how):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(target), step, renaming, how],
        env={**os.environ, "PYTHONPATH": REPOSITORY},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


@pytest.mark.parametrize("old", [False, True])
@pytest.mark.parametrize("step", ["parents", "staged", "settled", "aside", "published"])
@pytest.mark.parametrize("kind", ["renameat2", "fallback"])
def test_kill_at_every_step_leaves_old_or_none(tmp_path, step, old, kind):
    target = tmp_path / "out"
    if old:
        fill(target, "old")
    process = start(target, step, kind, "kill")
    process.communicate(timeout=30)
    killed = not (step == "aside" and kind == "renameat2")
    assert process.returncode == (-signal.SIGKILL if killed else 0)
    if target.exists():
        done = step == "published" or not killed
        assert content(target) == ("new" if done else "old")
    else:
        # The fallback has a moment without a target; the old output is safe aside.
        assert not old or (kind, step) == ("fallback", "aside")
    assert not [p for p in tmp_path.iterdir() if p.name.isdigit()]
    # The next run for this target cleans up, and puts back what was aside.
    before = content(target) if target.exists() else ("old" if old else None)
    try:
        with Staging(target, overwrite=False):
            pass
    except OutputExists:
        pass
    assert (content(target) if target.exists() else None) == before
    rest = [p.name for p in tmp_path.iterdir() if p.name != "out"]
    assert rest in ([], [".out.tfmigrate.lock"])


def test_a_live_run_is_not_a_leftover(tmp_path):
    with Staging(tmp_path / "out", overwrite=False) as one:
        fill(one.path, "one")
        with Staging(tmp_path / "out", overwrite=False) as other:
            fill(other.path, "other")
            assert one.path.exists()
            other.publish()
        with pytest.raises(OutputExists):
            one.publish()
    assert content(tmp_path / "out") == "other"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_the_fallback_waits_for_its_lock(tmp_path):
    lock = locks.take(tmp_path / ".out.tfmigrate.lock")
    process = start(tmp_path / "out", "settled", "fallback", "new")
    assert process.stdout.readline() == b"here\n"
    process.stdin.write(b"\n")
    process.stdin.flush()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.7)
    assert not (tmp_path / "out").exists()
    os.close(lock)
    process.communicate(timeout=30)
    assert process.returncode == 0
    assert [p.name for p in tmp_path.iterdir()] == ["out"]


def test_leftovers_of_other_targets_and_strangers_stay(tmp_path):
    strange = [".other.tfmigrate-00000000.partial", ".out.tfmigrate-xyz.partial", ".out.tfmigrate"]
    for name in strange:
        (tmp_path / name).mkdir()
    (tmp_path / ".out.tfmigrate-00000001.partial").symlink_to(tmp_path / strange[0])
    (tmp_path / ".out.tfmigrate-00000002.partial").mkdir()
    migrate(tmp_path / "out")
    left = {p.name for p in tmp_path.iterdir()}
    assert left == {*strange, ".out.tfmigrate-00000001.partial", "out"}


@pytest.mark.parametrize("kind", ["renameat2", "fallback"])
def test_of_eight_runs_one_wins(tmp_path, kind):
    target = tmp_path / "out"
    processes = [start(target, "settled", kind, "new") for _ in range(8)]
    for process in processes:
        assert process.stdout.readline() == b"here\n"
    for process in processes:
        process.stdin.write(b"\n")
        process.stdin.flush()
    codes = sorted(p.wait(30) for p in processes)
    for process in processes:
        process.stdin.close()
        process.stdout.close()
    assert codes == [0] + [2] * 7
    assert content(target) == "new"
    assert [p.name for p in tmp_path.iterdir()] == ["out"]
