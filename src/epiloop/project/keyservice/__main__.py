"""`python -m epiloop.project.keyservice HOME READY`: the key service in the background, for `holding`."""

import os
import sys

if __name__ == "__main__":
    if os.fork():
        os._exit(0)  # who started it goes on at once and buries nobody
    from epiloop.project.keyservice.process import main

    sys.exit(main(sys.argv[1], int(sys.argv[2])))
