"""The systems that are measured: this scheduler's node, BullMQ behind Fastify, a Helidon echo, and the Redis under them."""
import glob
import hashlib
import json
import os
import re
import shutil
import subprocess
import time
import urllib.request

from processes import Cpu, Process, await_true, free_port
from redis_client import Redis

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
OUT = os.path.join(ROOT, "target", "bench")
JAVA = os.path.join(os.environ["JAVA_HOME"], "bin", "java")
JCMD = os.path.join(os.environ["JAVA_HOME"], "bin", "jcmd")

COMPLETED = 'scheduler_tasks_finished_total{outcome="completed"'
PENDING = {
    # the first three names are those of builds without queues, which builds.py may compare with
    "ours": [f"{{scheduler}}:ready:{list}" for list in ("high", "medium", "low", "high:default", "medium:default", "low:default")] + ["{scheduler}:running"],
    "BullMQ": ["bull:q:wait", "bull:q:prioritized", "bull:q:active"],
}
RUNNING = "{scheduler}:running"


class Run:
    """One run: its folder, its log, and how much time it may still spend on waiting for others to be quiet."""

    def __init__(self, pairs, quick):
        self.pairs = pairs
        self.quick = quick
        self.quiet_secs = 5 if quick else 60
        self.folder = os.path.join(OUT, f"run-{os.getpid()}")
        self.log = os.path.join(OUT, "bench.log")
        os.makedirs(self.folder)
        open(self.log, "w").close()

    def of(self, full, quick):
        return quick if self.quick else full

    def path(self, name):
        return os.path.join(self.folder, f"{name}-{time.monotonic_ns()}")

    def start(self, name, argv, env=None):
        return Process(name, argv, self.log, env)

    def quiet(self):
        """Waits, within the budget of the whole run, until everything else takes less than 8 % of the machine."""
        while self.quiet_secs > 0:
            cpu = Cpu()
            time.sleep(0.4)
            self.quiet_secs -= 0.4
            if cpu.stop()["noise"] < 8:
                return

    def measured(self, action, *watched):
        """What action() returns, a dict, with the noise and the CPU of the watched while it ran."""
        self.quiet()
        cpu = Cpu(*watched)
        result = action()
        return {**result, **cpu.stop()}


# ---- Redis ------------------------------------------------------------------------------------------------

def redis(run, data=None, *more):
    """A Redis of its own, appendonly and everysec, empty or with a copy of what snapshot() made. AOF rewrites are off,
    so that none falls into one measurement and not into another."""
    folder = run.path("redis")
    shutil.copytree(data, folder) if data else os.makedirs(folder)
    port = free_port()
    p = run.start("redis", ["redis-server", "--port", str(port), "--bind", "127.0.0.1", "--dir", folder, "--loglevel", "warning",
                            "--appendonly", "yes", "--appendfsync", "everysec", "--save", "", "--auto-aof-rewrite-percentage", "0", *more])
    p.port, p.folder, p.address, p.peers = port, folder, f"127.0.0.1:{port}", []

    def loaded():
        p.client = Redis(port)
        return p.client.pipeline(("PING",))[0] == "PONG" or p.client.close()
    await_true("redis", loaded, 30)
    return p


def redis_cluster(run, data=None):
    """A Redis Cluster of three primaries, each with a third of the slots; the one that has the slot of {scheduler}, with the data."""
    buses = [free_port() for _ in range(3)]
    primaries = [redis(run, mine, "--cluster-enabled", "yes", "--cluster-port", str(bus)) for mine, bus in zip((None, data, None), buses)]
    meeting = primaries[0]
    slot = primaries[0].client("CLUSTER", "KEYSLOT", "{scheduler}")
    owner = primaries.pop(1)
    primaries.insert(slot // 5462, owner)
    for i, p in enumerate(primaries):
        first, last = i * 5462, min(i * 5462 + 5461, 16383)
        pieces = [(first, slot - 1), (slot + 1, last)] if p is owner else [(first, last)]
        for a, b in pieces:
            if a <= b:
                p.client("CLUSTER", "ADDSLOTSRANGE", a, b)
        if p is not meeting:
            p.client("CLUSTER", "MEET", "127.0.0.1", meeting.port, buses[0])
    if data is None:  # otherwise its keys made the slot its own
        owner.client("CLUSTER", "ADDSLOTS", slot)
    for p in primaries:
        await_true("cluster", lambda: "cluster_state:ok" in p.client("CLUSTER", "INFO") and "cluster_slots_ok:16384" in p.client("CLUSTER", "INFO"), 30)
    owner.address = "redis-cluster://" + ",".join(f"127.0.0.1:{p.port}" for p in primaries)
    owner.peers = [p for p in primaries if p is not owner]
    return owner


def stop_redis(p):
    for peer in p.peers:
        stop_redis(peer)
    p.client.close()
    p.stop()
    shutil.rmtree(p.folder, ignore_errors=True)


def snapshot(run, fill):
    """The data folder of a Redis that fill() has filled, compact; and the bytes that Redis had more for it."""
    p = redis(run)
    try:
        used = fill(p)
        p.client("BGREWRITEAOF")
        await_true("aof rewrite", lambda: {p.client.info("persistence")[k] for k in ("aof_rewrite_in_progress", "aof_rewrite_scheduled")} == {"0"}, 60)
        p.client.close()
        p.stop()
        kept = run.path("snapshot")
        shutil.move(p.folder, kept)
        return kept, used
    finally:
        p.stop()


# ---- systems under measurement -----------------------------------------------------------------------------

def get(url):
    with urllib.request.urlopen(url, timeout=10) as answer:
        return answer.read().decode()


def served(p, port, secs=60):
    """Waits until the process answers; errors of HTTP count as answers only below 500."""
    p.url = f"http://127.0.0.1:{port}"

    def answers():
        if p.child.poll() is not None:
            raise RuntimeError(f"{p.name} ended with status {p.child.returncode}; see target/bench/bench.log")
        try:
            get(p.url + "/health")
            return True
        except urllib.error.HTTPError as e:
            return e.code < 500
    await_true(p.name, answers, secs, 0.005)
    return p


def node(run, redis_process, workers=100, eligible=True, heap="512m", wait=True, env=None):
    port = free_port()
    p = run.start("node", [JAVA, "-XX:+UseSerialGC", "-Xmx" + heap, "-jar", os.path.join(ROOT, "target", "task-scheduler.jar")], {
        "NODE_ID": "bench", "REDIS_ADDR": redis_process.address, "LISTEN_ADDR": f"127.0.0.1:{port}", "CONSENSUS_TYPE": "redis",
        "WORKER_COUNT": workers, "LEADER_ELIGIBLE": "true" if eligible else "false", "MAX_PENDING": 5_000_000, "MAX_FINISHED": 1_000_000, **(env or {})})
    p.url = f"http://127.0.0.1:{port}"
    if wait:
        served(p, port)
    if wait and eligible:
        await_true("leadership", lambda: json.loads(get(p.url + "/health"))["is_leader"], 30)
    return p


def echo(run):
    port = free_port()
    classpath = os.path.join(OUT, "classes") + ":" + os.path.join(ROOT, "target", "lib", "*")
    return served(run.start("echo", [JAVA, "-XX:+UseSerialGC", "-Xmx512m", "-cp", classpath, "HelidonEcho"], {"PORT": port}), port)


def javascript(run, name, script, redis_process, env=None, *args):
    return run.start(name, ["node", os.path.join(HERE, "peers", script), *args], {
        "NODE_ENV": "production", "NODE_PATH": os.path.join(OUT, "node", "node_modules"), "REDIS_PORT": redis_process.port, **(env or {})})


def front(run, redis_process):
    port = free_port()
    return served(javascript(run, "front", "front.js", redis_process, {"PORT": port}), port)


def worker(run, redis_process, concurrency=100, starts=""):
    return javascript(run, "worker", "worker.js", redis_process, {"CONCURRENCY": concurrency, "STARTS_FILE": starts})


def fill_bullmq(run, redis_process, count):
    p = javascript(run, "fill", "fill.js", redis_process, None, str(count))
    await_true("fill", lambda: p.child.poll() is not None, 120)
    p.stop()
    there = redis_process.client.cardinality(*PENDING["BullMQ"])
    if there != count:
        raise RuntimeError(f"BullMQ holds {there} jobs, not {count}")


def await_drained(redis_process, system):
    await_true("the last task", lambda: redis_process.client.cardinality(*PENDING[system]) == 0, 90)


def completed(p):
    """How many tasks the system behind this front says are completed."""
    text = get(p.url + "/metrics")
    if text.startswith("{"):
        return json.loads(text)["completed"]
    return sum(float(line.rsplit("}", 1)[1].split()[0]) for line in text.splitlines() if line.startswith(COMPLETED))


def live_heap_mib(p):
    """What is reachable on the heap of a Java process that runs on SerialGC."""
    subprocess.run([JCMD, str(p.pid), "GC.run"], check=True, capture_output=True, timeout=30)
    text = subprocess.run([JCMD, str(p.pid), "GC.heap_info"], check=True, capture_output=True, text=True, timeout=30).stdout
    used = [int(part.split("used ")[1].split("K")[0]) for part in text.splitlines() if part.strip().startswith(("DefNew", "Tenured"))]
    return sum(used) / 1024


def script_names():
    """SHA-1 of each Lua script of this scheduler, behind the files that it includes -> its name"""
    names, resources = {}, os.path.join(ROOT, "src", "main", "resources")
    for file in glob.glob(os.path.join(resources, "dev", "**", "*.lua"), recursive=True):
        with open(file) as f:
            text = f.read()
        included = re.search(r"^-- include: (.+)$", text, re.M)
        for part in reversed(included.group(1).split(", ") if included else []):
            with open(os.path.join(resources, "lua", part + ".lua")) as f:
                text = f.read() + text
        names[hashlib.sha1(text.encode()).hexdigest()] = os.path.basename(file)[:-4]
    return names


# ---- load ---------------------------------------------------------------------------------------------------

def loadgen(*args, secs=300):
    done = subprocess.run([os.path.join(OUT, "loadgen"), *map(str, args)], capture_output=True, text=True, timeout=secs)
    if done.returncode:
        raise RuntimeError("loadgen: " + done.stderr)
    result = json.loads(done.stdout)
    if result["errors"] + result["non2xx"] > 0:
        raise RuntimeError(f"loadgen: errors={result['errors']} non2xx={result['non2xx']} of {result['sent']}")
    return result


def submit(p, conns, count=10**9, secs=120.0, *more):
    return loadgen("submit", "--url", p.url + "/submit", "--conns", conns, "--count", count, "--secs", secs, *more)
