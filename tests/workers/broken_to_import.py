raise RuntimeError("half an installation")
