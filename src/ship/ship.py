"""Builds and tries the image and the compose file: see src/ship/try-image."""
import datetime
import gzip
import hashlib
import http.client
import json
import os
import secrets
import shutil
import ssl
import statistics
import subprocess
import sys
import tarfile
import time
import zipfile

from cluster import Ledger, await_true, call, leader, ready, submit_many
from monitoring import queries
from sentinels import FILES, failovers

IMAGE = "task-scheduler"
REDIS = os.environ.get("REDIS_IMAGE", "redis:8")
NET = "scheduler-ship-net"
MB, MIB = 1e6, 2 ** 20
# Seconds from docker run, where the engine takes BEGINS of them until the process begins, which is none of our code. Where it takes
# longer the machine is slower, as shared ones are by the hour, and so much longer may the whole take.
READY_WITHIN, BEGINS = {"redis": 0.6, "raft": 1.0}, 0.26
# As the manifests of k8s/ have it: preStop's sleep, and minReadySeconds of each elector.
PRE_STOP, MIN_READY = 5, {"redis": 5, "raft": 10}
PROFILES = {"redis": {"node1": 8081, "node2": 8082, "node3": 8083}, "raft": {"raft-node1": 8091, "raft-node2": 8092, "raft-node3": 8093}}
os.environ.setdefault("WORKER_COUNT", "16")  # the nodes of the profiles keep up with the ledger
TOKEN = secrets.token_hex(32)
failed = []


def sh(*words, quiet=True, check=True):
    done = subprocess.run(words, check=False, text=True, stdout=subprocess.PIPE if quiet else None, stderr=subprocess.PIPE if quiet else None)
    if check and done.returncode:
        raise SystemExit(f"FAILED: {' '.join(words)}\n{done.stdout or ''}{done.stderr or ''}")
    return (done.stdout or "").strip()


def docker(*words, **options):
    return sh("docker", *words, **options)


def compose(*words, **options):
    base = ["docker", "compose"] if not subprocess.run(["docker", "compose", "version"], capture_output=True).returncode else ["docker-compose"]
    return sh(*base, *words, **options)


def check(what, holds, found):
    print(f"{'ok    ' if holds else 'FAILED'} {what}: {found}", flush=True)
    if not holds:
        failed.append(what)


def run_node(name, *options, elector="redis", memory="256m"):
    return docker("run", "-d", "--name", name, "--network", NET, "--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--tmpfs", "/tmp",
                  "--tmpfs", "/data:uid=10001", "--memory", memory, "--cpus", "2", "-p", "18080:8080", "-e", "REDIS_ADDR=ship-redis:6379",
                  "-e", f"CONSENSUS_TYPE={elector}", *options, IMAGE)


def start_times(elector, trials=11):
    """Seconds from `docker run` to ready, and how many of them the engine takes to begin the process; the least first."""
    times = []
    for _ in range(trials):
        began, clock = time.monotonic(), time.time()
        run_node("ship-node", elector=elector)
        await_true("ready", lambda: ready(18080), pause=0.01)
        took = time.monotonic() - began
        second, fraction = docker("inspect", "-f", "{{.State.StartedAt}}", "ship-node").rstrip("Z").split(".")
        process = datetime.datetime.fromisoformat(second + "+00:00").timestamp() + float("0." + fraction)
        times.append((took, process - clock))
        docker("rm", "-f", "ship-node")
    return sorted(times)


def contents():
    """What the image weighs, layer by layer, in MB on disk and gzipped; and the names of its files."""
    folder = "target/ship"
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    docker("save", "-o", f"{folder}/image.tar", IMAGE)
    with tarfile.open(f"{folder}/image.tar") as tar:
        manifest = json.load(tar.extractfile("manifest.json"))[0]
        layers, names = [], []
        for layer in manifest["Layers"]:
            data = tar.extractfile(layer).read()
            with open(f"{folder}/layer.tar", "wb") as f:
                f.write(data)
            with tarfile.open(f"{folder}/layer.tar") as inner:
                names += inner.getnames()
            layers.append((len(data) / MB, len(gzip.compress(data, 6)) / MB))
    os.remove(f"{folder}/image.tar")
    os.remove(f"{folder}/layer.tar")
    return layers, names


def bill(version):
    """The bill of materials lists each jar that the one of all libraries was made of, and none that is not."""
    made = docker("create", IMAGE)
    docker("cp", f"{made}:/app/sbom.json", "target/ship/sbom.json")
    docker("cp", f"{made}:/app/libraries.jar", "target/ship/libraries.jar")
    docker("cp", f"{made}:/app/THIRD-PARTY", "target/ship/THIRD-PARTY")
    docker("rm", made)
    with zipfile.ZipFile("target/ship/libraries.jar") as libraries:
        jars = set(libraries.read("META-INF/libraries/list").decode().split())
        left = [n for n in libraries.namelist() if any(part in n for part in ("io/grpc/", "io/perfmark/", "com/google/gson/", "META-INF/native/"))]
    check("of gRPC, gson and native code nothing is left", not left, left[:3] or "nothing")
    with open("target/ship/THIRD-PARTY") as image, open("THIRD-PARTY") as ours:
        check("THIRD-PARTY is in the image", image.read() == ours.read(), "the same")
    with open("target/ship/sbom.json") as f:
        listed = json.load(f)
    components = {f"{c['name']}-{c['version']}.jar" for c in listed["components"]}
    holds = listed["bomFormat"] == "CycloneDX" and jars == components and listed["metadata"]["component"]["version"] == version
    check("bill of materials", holds, f"CycloneDX {listed['specVersion']}, {len(components)} components" if holds else sorted(jars ^ components))


def image():
    same = subprocess.run(["src/ship/reproducible"], capture_output=True, text=True)
    check("two builds of the same sources give the same files", same.returncode == 0, (same.stdout.strip().splitlines() or [same.stderr.strip()])[-1])
    docker("build", "-q", "-f", "Dockerfile.jlink", "-t", IMAGE, "--build-arg", "REVISION=" + sh("git", "rev-parse", "HEAD", check=False), ".")
    layers, names = contents()
    for what, (disk, packed) in zip(("runtime and glibc", "libraries", "jar and AOT cache", "/data", "/tmp"), layers):
        print(f"       layer {what}: {disk:.1f} MB, gzipped {packed:.1f} MB")
    check("on disk at most 150 MB", sum(d for d, _ in layers) <= 150, f"{sum(d for d, _ in layers):.1f} MB")
    check("gzipped at most 70 MB", sum(p for _, p in layers) <= 70, f"{sum(p for _, p in layers):.1f} MB")
    about = json.loads(docker("inspect", IMAGE))[0]["Config"]
    check("user", about["User"] == "10001:10001", about["User"])
    labels = {key.removeprefix("org.opencontainers.image."): value for key, value in about["Labels"].items()}
    check("OCI labels", all(labels.get(key) for key in ("title", "description", "licenses", "version", "revision")), f"version {labels.get('version')}, revision {labels.get('revision')}")
    bill(labels["version"])
    shells = [n for n in names if n.split("/")[-1] in ("sh", "bash", "dash", "busybox")]
    check("no shell", not shells, shells or "none")
    docker("network", "create", NET)
    docker("run", "-d", "--name", "ship-redis", "--network", NET, REDIS, "redis-server", "--appendonly", "yes", "--protected-mode", "no")
    for elector in ("redis", "raft"):
        times = start_times(elector)
        took, began = (statistics.median(column) for column in zip(*times))
        slower = max(1, began / BEGINS)
        check(f"from docker run to ready by {elector}, at most {READY_WITHIN[elector]:.1f} s times {slower:.2f}", took <= READY_WITHIN[elector] * slower,
              f"median {took:.2f} s of {len(times)}, least {times[0][0]:.2f} s; until the process began {began:.2f} s of it, {slower:.2f} times {BEGINS} s")
    node()
    runner()
    secured()
    docker("rm", "-f", "ship-redis")
    docker("network", "rm", NET)


def node():
    """One node in 256 MiB: what it is, its memory after 100,000 tasks, and its end."""
    run_node("ship-node", "-e", "JDK_JAVA_OPTIONS=-XX:AOTMode=on")  # on: a cache that does not fit is a failure
    await_true("ready", lambda: ready(18080))
    build = sh("src/image/make", "build-id")
    version = json.loads(call(18080, "GET", "/health")[1])["version"]
    check("the build that answers is that of these sources", version.endswith("+" + build), version)
    await_true("health", lambda: docker("inspect", "-f", "{{.State.Health.Status}}", "ship-node") == "healthy")
    check("health check", True, "healthy")
    began = time.monotonic()
    submit_many(18080, 100_000)
    await_true("100,000 tasks", lambda: 'scheduler_tasks_finished_total{outcome="completed"} 100000' in call(18080, "GET", "/metrics")[1].replace(".0", ""), 120)
    took = time.monotonic() - began
    used = docker("stats", "--no-stream", "--format", "{{.MemUsage}}", "ship-node").split(" ")[0]
    check("memory after 100,000 tasks in 256 MiB, at most 200 MiB", float(used.removesuffix("MiB")) <= 200, f"{used}, tasks took {took:.0f} s")
    began = time.monotonic()
    docker("stop", "-t", "30", "ship-node")
    status = docker("inspect", "-f", "{{.State.ExitCode}} {{.State.OOMKilled}}", "ship-node")
    check("docker stop", status == "143 false", f"exit status {status.split()[0]} after {time.monotonic() - began:.1f} s")
    docker("rm", "-f", "ship-node")


def runner():
    """A jar of one's own in /app/runners, with the cache on."""
    work = os.path.abspath("target/ship/runner")
    sample = "docs/samples/runner/src/main"
    os.makedirs(work, exist_ok=True)
    made = docker("create", IMAGE)
    docker("cp", f"{made}:/app/task-scheduler.jar", f"{work}/task-scheduler.jar")
    docker("rm", made)
    java = os.environ["JAVA_HOME"] + "/bin/"
    sh(java + "javac", "-cp", f"{work}/task-scheduler.jar", "-d", f"{work}/classes", f"{sample}/java/com/example/NoteRunner.java")
    os.makedirs(f"{work}/runners", exist_ok=True)
    sh(java + "jar", "--create", "--file", f"{work}/runners/note.jar", "-C", f"{work}/classes", ".", "-C", f"{sample}/resources", "META-INF")
    sh("chmod", "-R", "a+rX", f"{work}/runners")
    run_node("ship-node", "-e", "JDK_JAVA_OPTIONS=-XX:AOTMode=on", "-v", f"{work}/runners:/app/runners:ro")
    await_true("ready", lambda: ready(18080))
    task = json.loads(call(18080, "POST", "/submit", '{"type":"note","payload":1}')[1])["id"]
    await_true("the runner's end", lambda: json.loads(call(18080, "GET", f"/status?id={task}")[1])["status"] == "completed")
    check("a runner's jar in /app/runners, cache on", f"note of {task}" in docker("logs", "ship-node"), "ran")
    docker("rm", "-f", "ship-node")


def secured():
    """Over TLS, with tokens: both from files of the host's, mounted read-only."""
    work = os.path.abspath("target/ship/secured")
    os.makedirs(work, exist_ok=True)
    sh("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=ship-node", "-addext", "subjectAltName=IP:127.0.0.1",
       "-keyout", f"{work}/tls.key", "-out", f"{work}/tls.crt")
    with open(f"{work}/tokens", "w") as f:
        f.write("ship all sha256:" + hashlib.sha256(TOKEN.encode()).hexdigest() + "\n")
    sh("chmod", "-R", "a+rX", work)
    run_node("ship-node", "-v", f"{work}:/secured:ro", "-e", "API_TOKENS_FILE=/secured/tokens", "-e", "TLS_CERT=/secured/tls.crt", "-e", "TLS_KEY=/secured/tls.key")
    trust = ssl.create_default_context(cafile=f"{work}/tls.crt")

    def submit(**headers):
        connection = http.client.HTTPSConnection("127.0.0.1", 18080, timeout=5, context=trust)
        try:
            connection.request("POST", "/submit", b'{"payload":1}', {"Content-Type": "application/json", **headers})
            return connection.getresponse().status
        finally:
            connection.close()
    await_true("a submission over TLS with a token", lambda: submit(Authorization=f"Bearer {TOKEN}") == 202)
    without = submit()
    check("TLS and tokens from files: a submission with a token 202, without one 401", without == 401, without)
    await_true("health over TLS", lambda: docker("inspect", "-f", "{{.State.Health.Status}}", "ship-node") == "healthy")
    check("health check over TLS", True, "healthy")
    docker("rm", "-f", "ship-node")


def container(service):
    return compose("ps", "-q", service).split()[-1]


def seed_calls(port):
    status, text = call(port, "POST", "/submit", '{"priority":"high","payload":{"job":"demo"}}')
    check("the seed's submission", status == 202, text)
    task = json.loads(text)["id"]
    await_true("completed", lambda: json.loads(call(port, "GET", f"/status?id={task}")[1])["status"] == "completed")
    for path in ("/health", "/metrics", "/leader", "/swagger/", "/swagger/doc.json"):
        check(f"the seed's GET {path}", call(port, "GET", path)[0] == 200, 200)


def profile(name):
    nodes = PROFILES[name]
    ports = list(nodes.values())
    compose("--profile", name, "up", "--build", "-d", quiet=False)
    first = await_true("a leader", lambda: leader(ports))
    check(f"profile {name} is up", True, f"{first} leads")
    seed_calls(ports[0])
    ledger = Ledger(ports)
    time.sleep(3)
    for blow in ("kill", "stop"):
        lead = leader(ports)
        others = [port for node, port in nodes.items() if node != lead]
        before = {port: ledger.refused.get(port, 0) for port in others}
        began = time.monotonic()
        docker(blow, *(("-t", "30") if blow == "stop" else ()), container(lead))
        gone = time.monotonic()
        heir = await_true("the next leader", lambda: (lambda found: found not in (None, lead) and found)(leader(others)), pause=0.01)
        check(f"{name}: docker {blow} of {lead}", True, f"{heir} leads {time.monotonic() - (began if blow == 'kill' else gone):.2f} s after the {'signal' if blow == 'kill' else 'end of it'}")
        if blow == "stop":
            status = docker("inspect", "-f", "{{.State.ExitCode}}", container(lead))
            check("its exit status", status == "143", status)
        time.sleep(2)
        lost = {port: ledger.refused.get(port, 0) - before[port] for port in others}
        check("no submission to the others was refused", not any(lost.values()), lost)
        docker("start", container(lead))
        await_true("the node that came back", lambda: ready(nodes[lead]))
        time.sleep(2)
    roll(name, nodes, ledger)
    ledger.stop()
    compose("--profile", name, "stop", "-t", "30")
    compose("--profile", name, "up", "-d")
    await_true("a leader after all were stopped", lambda: leader(ports))
    ledger.settle(ports[0])
    check(f"{name}: nothing was lost, over kill, stop, a rolling update and a stop of all", True, f"{len(ledger.accepted)} accepted tasks completed")


def roll(name, nodes, ledger):
    """A rolling update as an orchestrator does it, from the last node to the first: no more is sent to a node, which goes on answering
    for a while; it is stopped, made anew and ready for some time before the next one goes."""
    before, counted, handed = sum(ledger.refused.values()), len(ledger.accepted), []
    for node, port in reversed(nodes.items()):
        others = [other for other in nodes.values() if other != port]
        led = leader(others) == node
        ledger.aside.add(port)
        time.sleep(PRE_STOP)
        began = time.monotonic()
        stopping = subprocess.Popen(["docker", "stop", "-t", "30", container(node)], stdout=subprocess.DEVNULL)
        if led:
            await_true("the next leader", lambda: leader(others) not in (None, node), pause=0.01)
            handed.append(f"{node} after {time.monotonic() - began:.2f} s")
        stopping.wait()
        compose("--profile", name, "up", "-d", "--no-deps", "--force-recreate", "-t", "30", node)
        await_true("the node that was made anew", lambda: ready(port))
        ledger.aside.discard(port)
        time.sleep(MIN_READY[name])
    missed = sum(ledger.refused.values()) - before
    check(f"{name}: a rolling update without a failed submission", missed == 0 and handed,
          f"{len(ledger.accepted) - counted} accepted, {missed} failed; leadership handed over by {', '.join(handed) or 'nobody'}, counted from the signal")


def main():
    parts = sys.argv[1:] or ["image", "redis", "raft", "sentinel", "monitoring"]
    try:
        for part in parts:
            if part == "image":
                image()
            elif part == "monitoring":
                queries(check)
            elif part == "sentinel":
                try:
                    failovers(check, compose, docker, PROFILES["redis"])
                finally:
                    compose(*FILES, "down", "-v", "-t", "30", check=False)
            else:
                try:
                    profile(part)
                finally:
                    compose("--profile", part, "down", "-v", "-t", "30", check=False)
    finally:
        if "image" in parts:
            docker("rm", "-f", "ship-node", "ship-redis", check=False)
            docker("network", "rm", NET, check=False)
    print("FAILED: " + ", ".join(failed) if failed else "all held")
    sys.exit(1 if failed else 0)


main()
