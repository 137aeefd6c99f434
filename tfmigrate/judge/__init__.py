"""What the parent process decides: the plan, the probes, which witness to believe, the verdict."""
