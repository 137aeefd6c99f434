"""Workers: processes that touch model bytes, with walls around them.

parent (``client``) -> fork server (``server``) -> worker (``worker``), one per model and stage.
The server has imported TensorFlow and run nothing; it forks, watches and kills. The worker raises
its own ``walls``, lets ``probe`` find out which of them hold, then runs one task. Parent and worker
talk in length-prefixed JSON (``messages``), never in pickles.
"""
