"""From the arguments to the golden file."""


def loaded_model(found, args):
    """(the model, its Keras or None) of any source."""
    if args.builder:
        prepare(args.backend or found.backend)
        model = built(args, found)
        lib = library_of(model)
        return KerasModel(model, lib), lib
    if found.kind in ("h5", "keras", "h5 weights"):
        version = found.version
        if not version and args.architecture:
            version = version_of_architecture(args.architecture)
        prepare(args.backend or (found.backend if numbers(version)[0] < 3 else ""))
        lib = library(version, args.library)
        model = keras_model(found, args, lib)
        if lib.major < 1:
            return Keras0Model(model, lib), lib
        return KerasModel(model, lib), lib
    prepare(args.backend)
    if found.kind == "checkpoint":
        raise Stop(
            "a checkpoint holds values only: give the .meta beside it, or --code FILE.py:NAME"
            " where NAME() returns the model",
            2,
        )
    opened = {"meta": meta_model, "frozen": frozen_model, "saved_model": saved_model}
    return opened[found.kind](found, args), None


def record(args):
    """Load, run, write."""
    if os.path.exists(args.out) and not args.overwrite:
        raise Stop("%s exists; --overwrite replaces it" % os.path.basename(args.out), 2)
    found = about(args.source)
    model, lib = loaded_model(found, args)
    if args.inputs:
        answered = [(p, model.run(p)) for p in given_probes(args.inputs, model.inputs)]
    else:
        answered = made_up(model, args)
    refuse_unrestored()
    note_random(model, *answered[0])
    arrays = {}
    for number, (probe, outputs) in enumerate(answered):
        before = "more/%d/" % number if number else ""
        arrays.update(("%sinputs/%s" % (before, n), v) for n, v in probe.items())
        arrays.update(("%soutputs/%s" % (before, n), v) for n, v in outputs.items())
    left_out = []
    if args.activations:
        shown, left_out = small_enough(
            model.activations(answered[0][0]), args.activation_limit << 20
        )
        arrays.update(("activations/%s" % n, v) for n, v in shown.items())
        if left_out:
            note("%d activations are left out (too large, or no numbers)" % len(left_out))
    write(args.out, arrays, meta_of(found, args, lib, left_out), args.overwrite)
    say("wrote %s: %d probes, %d arrays" % (os.path.basename(args.out), len(answered), len(arrays)))


def note_random(model, probe, outputs):
    """Say which outputs are others each time: a golden file proves nothing of them."""
    for name, again in sorted(model.run(probe).items()):
        first, second = numpy.asarray(outputs[name]), numpy.asarray(again)
        if first.shape != second.shape or not numpy.array_equal(first, second):
            if first.dtype.kind != "f" or not numpy.allclose(first, second, equal_nan=True):
                note("output %s differs from run to run: nothing can be compared with it" % name)


def meta_of(found, args, lib, left_out):
    """What the golden file says of itself; no path and no time."""
    beside = [p for p in (args.architecture, args.code) if p]
    return {
        "recorder": RECORDER,  # noqa: F821
        "versions": versions(lib),
        "kind": found.kind,
        "source": hashes(found.path, found.kind),
        "beside": dict((os.path.basename(p), sha256(p)) for p in beside),
        "inputs": "given" if args.inputs else "made up from seed %d" % args.seed,
        "signature": args.signature or "",
        "fed": sorted(args.feed),
        "activations left out": left_out,
        "notes": NOTES,
    }


def main(arguments):
    """0 written, 1 the library failed, 2 wrong arguments, 3 the source, 6 what is installed."""
    del NOTES[:], RESTORED[:]
    try:
        record(parsed(arguments))
    except Stop as stop:
        say("error: " + stop.what)
        return stop.code
    except ImportError as error:
        say("error: this Python lacks what the source needs: %s" % error)
        return 6
    except Exception as error:  # of any library of any year; the traceback says where
        import traceback

        traceback.print_exc()
        lines = text_of("%s" % error).strip().splitlines() or [""]
        say("failed: %s: %s" % (type(error).__name__, lines[0]))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
