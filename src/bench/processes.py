"""Processes that a run starts, what they take of the machine, and what everything else takes of it. Linux only."""
import os
import signal
import socket
import subprocess
import time

TICK = os.sysconf("SC_CLK_TCK")
CORES = os.cpu_count()


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def await_true(what, condition, secs, every=0.01):
    """Waits until condition() holds, for a limited time; connections that are refused count as not yet."""
    end = time.monotonic() + secs
    while True:
        try:
            if condition():
                return
        except OSError:
            pass
        if time.monotonic() > end:
            raise RuntimeError(f"{what}: not within {secs} s")
        time.sleep(every)


class Process:
    """A process in a group of its own; its output goes to a log file. stop() ends that group and nothing else."""

    running = []

    def __init__(self, name, argv, log, env=None):
        self.name = name
        self.log = open(log, "ab")
        self.started = time.monotonic()
        env = {**os.environ, **{k: str(v) for k, v in (env or {}).items()}}
        self.child = subprocess.Popen(argv, env=env, stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)
        self.pid = self.child.pid
        Process.running.append(self)

    def stop(self, sig=signal.SIGTERM, secs=15):
        if self in Process.running:
            Process.running.remove(self)
        if self.child.poll() is None:
            try:
                os.killpg(self.pid, sig)
                self.child.wait(secs)
            except subprocess.TimeoutExpired:
                os.killpg(self.pid, signal.SIGKILL)
                self.child.wait(5)
        self.log.close()

    def memory_mib(self, key="VmRSS"):
        """Resident memory now, or with VmHWM the most it has been."""
        with open(f"/proc/{self.pid}/status") as f:
            return next(int(line.split()[1]) for line in f if line.startswith(key + ":")) / 1024

    def compiling(self):
        """CPU seconds that the JVM's compilers have taken so far; 0 for what is no JVM."""
        ticks = 0
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{task}/stat") as f:
                    name, fields = f.read().rsplit(") ", 1)
            except OSError:
                continue  # ended meanwhile
            if "CompilerThre" in name:
                ticks += sum(map(int, fields.split()[11:13]))
        return ticks / TICK


def stop_all():
    for p in reversed(list(Process.running)):
        p.stop(signal.SIGKILL)


def _tree():
    """pid -> (parent, ticks used, with those of children that have ended)"""
    out = {}
    for d in os.listdir("/proc"):
        if d.isdigit():
            try:
                with open(f"/proc/{d}/stat") as f:
                    s = f.read()
            except OSError:
                continue
            r = s[s.rindex(")") + 2:].split()
            out[int(d)] = int(r[1]), sum(int(x) for x in r[11:15])
    return out


def _ticks(tree, root):
    children = {}
    for pid, (parent, _) in tree.items():
        children.setdefault(parent, []).append(pid)
    todo, total = [root], 0
    while todo:
        pid = todo.pop()
        total += tree[pid][1] if pid in tree else 0
        todo += children.get(pid, [])
    return total


class Cpu:
    """Between its making and stop(): CPU of watched processes in % of one core, idle in the same measure, and noise:
    what everything that this run did not start took, and what the hypervisor stole, in % of the whole machine."""

    def __init__(self, *watched):
        self.watched = watched
        self.before = self._snapshot()

    def _snapshot(self):
        with open("/proc/stat") as f:
            v = [int(x) for x in f.readline().split()[1:9]]
        tree = _tree()
        own = _ticks(tree, os.getpid())
        return time.monotonic(), v[0] + v[1] + v[2] + v[7], own, v[3] + v[4], [_ticks(tree, p.pid) for p in self.watched]

    def stop(self):
        t0, busy0, own0, idle0, each0 = self.before
        t1, busy1, own1, idle1, each1 = self._snapshot()
        core = max(t1 - t0, 1e-6) * TICK / 100
        return {
            "noise": round(max(0.0, (busy1 - busy0) - (own1 - own0)) / core / CORES, 1),
            "cpu": {p.name: round((b - a) / core) for p, a, b in zip(self.watched, each0, each1)},
            "idle": round((idle1 - idle0) / core),
        }
