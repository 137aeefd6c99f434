"""Run the recorder several times in one process; TensorFlow takes seconds to import."""

import json
import sys

folder, jobs = sys.argv[1:]
sys.argv = ["recorder.py"]
sys.path.insert(0, folder)
import recorder  # noqa: E402

codes = {}
for name, arguments in json.loads(jobs).items():
    recorder.say("==" + name)
    codes[name] = recorder.main(arguments)
print(json.dumps(codes))
