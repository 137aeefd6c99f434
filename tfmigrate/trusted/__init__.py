"""The author's own Python files, run inside a walled worker with the libraries of their day.

Nothing here is used unless the user gives ``--trust-code``. The files run unedited: their imports
of Keras and TensorFlow get what those names meant when the model was written.
"""
