"""The key service of an installation: the process, and how the application's processes have it running.

`process` is the key service itself, on its own home directory, PostgreSQL and master key. `holding` is the side of the
application: it starts the process of its own machine when somebody needs it, and knows where to find it.
"""
