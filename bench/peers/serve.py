"""What the peers of `mindgap bench peers` share.

Usage: PEER.py WORK FOLDER DEVICE THREADS BYTES SIZES. FOLDER holds the inputs, one .npy a name;
DEVICE is cpu or cuda; BYTES is how much the work may take beyond them (so that a work which is
too large fails here, and does not make the system end some other program; 0: no limit); SIZES is
JSON. The first line of the output is JSON: versions, or what is missing. Then each line of the
input is answered by one:

    run N    the seconds of one run, of N in a row
    memory   the most bytes taken beyond the inputs so far
    save     the names of the results, each written as FOLDER/PEER.NAME.npy

or by "error" and one line of text where there is not enough memory.
"""
import json
import os
import resource
import signal
import sys
import time

signal.signal(signal.SIGINT, signal.SIG_IGN)  # mindgap ends its peers itself


def status(field):
    """A size from Linux's table of this process, in bytes; None where there is none."""
    try:
        with open("/proc/self/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith(field)) * 1024
    except (OSError, StopIteration):
        return None


def begin_peak():
    """Begins to watch the resident memory; gives a function that says by how much it grew."""
    try:
        with open("/proc/self/clear_refs", "w") as f:
            f.write("5")
    except OSError:
        return lambda: 0
    before = status("VmRSS:")
    return lambda: max(0, status("VmHWM:") - before)


def timed(run, times):
    start = time.perf_counter()
    for _ in range(times):
        run()
    return (time.perf_counter() - start) / times


def arguments():
    work, folder, device, threads, limit, sizes = sys.argv[1:7]
    return work, folder, device, int(threads), int(limit), json.loads(sizes)


def serve(versions, run, results, folder, limit, time_runs=timed, watch=begin_peak):
    """Answers the lines. run does the work once; results gives, by name, what the last run made,
    as NumPy arrays."""
    import numpy as np

    peer = os.path.splitext(os.path.basename(sys.argv[0]))[0]
    if limit:
        size = status("VmSize:") or 0
        resource.setrlimit(resource.RLIMIT_AS, (size + limit, resource.RLIM_INFINITY))
    grown = watch()
    print(json.dumps({"versions": versions}), flush=True)
    for line in sys.stdin:
        command = line.split()
        try:
            if command[0] == "run":
                answer = time_runs(run, int(command[1]))
            elif command[0] == "memory":
                answer = grown()
            else:
                names = []
                for name, value in results().items():
                    np.save(os.path.join(folder, f"{peer}.{name}.npy"), np.ascontiguousarray(value))
                    names.append(name)
                answer = " ".join(names)
        except (MemoryError, RuntimeError) as e:  # PyTorch has a RuntimeError
            if not isinstance(e, MemoryError) and "memory" not in str(e):
                raise
            answer = "error " + (" ".join(str(e).split()) or type(e).__name__)
        print(answer, flush=True)
