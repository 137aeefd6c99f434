"""Sign, save, certify and publish: from a rebuilt model to a SavedModel at its place."""
