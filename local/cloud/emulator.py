"""Runs the emulator for as long as the command that started it.

That command holds the other end of stdin. When it ends without having sent the byte "k" (keep), even by SIGKILL, the
emulator ends too, with the Lambda processes in its group and the folder they work in.
"""

import os
import shutil
import signal
import sys
import threading

from ministack.app import main


def end_with_starter() -> None:
    if sys.stdin.buffer.read(1) != b"k":
        shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
        os.killpg(0, signal.SIGKILL)


threading.Thread(target=end_with_starter, daemon=True).start()
# The arguments only tell one emulator from another in a list of processes.
del sys.argv[1:]
try:
    main()
finally:
    shutil.rmtree(os.environ["TMPDIR"], ignore_errors=True)
