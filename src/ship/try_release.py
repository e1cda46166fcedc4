"""Tries the distribution as a user would: see src/ship/try-release."""
import hashlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

LIMIT = 30  # seconds for each wait
EXPECTED = ("README.md", "LICENSE", "THIRD-PARTY", "CHANGELOG.md", "SECURITY.md", "sbom.json", "lib/task-scheduler.jar", "bin/scheduler-node", "bin/scheduler",
            "conf/application.yaml", "conf/java.options", "docs/README.md", "docs/swagger.yaml", "runners/README.txt", "systemd/task-scheduler.service")
failed = []


def check(what, holds, found):
    print(f"{'ok    ' if holds else 'FAILED'} {what}: {found}", flush=True)
    if not holds:
        failed.append(what)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def await_true(what, holds):
    limit = time.monotonic() + LIMIT
    while not holds():
        if time.monotonic() > limit:
            raise SystemExit(f"FAILED {what}: not within {LIMIT} s")
        time.sleep(0.05)


def call(port, path, body=None):
    """The status and the body of an answer; no status while nothing answers."""
    request = urllib.request.Request(f"http://127.0.0.1:{port}{path}", data=body and json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as e:
        return e.code, e.read().decode()
    except OSError:
        return None, ""


def sums(file):
    """Each file of the release has the sum that stands beside it, and none is left out."""
    listed = dict(reversed(line.split("  ", 1)) for line in file.with_name("SHA256SUMS").read_text().splitlines())
    there = {one.name: hashlib.sha256(one.read_bytes()).hexdigest() for one in file.parent.iterdir() if one.name != "SHA256SUMS"}
    check("checksums", listed == there, f"{len(there)} files" if listed == there else sorted(set(listed.items()) ^ set(there.items())))


def files(home):
    return {str(one.relative_to(home)): one.stat().st_mode & 0o777 for one in home.rglob("*") if one.is_file()}


def contents(home):
    found = files(home)
    missing = [name for name in EXPECTED if name not in found]
    check("what a distribution has", not missing, missing or f"{len(found)} files")
    wrong = [f"{name} {mode:o}" for name, mode in found.items() if mode != (0o755 if name.startswith("bin/") else 0o644)]
    check("modes", not wrong, wrong or "755 in bin, else 644")
    there = [name for name in found if name.startswith("lib/") and name != "lib/task-scheduler.jar"]
    bill = json.loads((home / "sbom.json").read_text())
    listed = [f"lib/{one['name']}-{one['version']}.jar" for one in bill["components"]]
    check("lib is what the bill of materials lists", sorted(listed) == sorted(there), f"{len(listed)} components" if sorted(listed) == sorted(there) else sorted(set(listed) ^ set(there)))


def old_java(folder):
    """A Java that is too old, which must not be used although JAVA_HOME names it."""
    program = folder / "bin" / "java"
    program.parent.mkdir(parents=True)
    program.write_text("#!/bin/sh\necho the old Java was used >&2\nexit 77\n")
    program.chmod(0o755)
    (folder / "release").write_text('JAVA_VERSION="17.0.2"\n')
    return str(folder)


def script(node, home):
    said = subprocess.run([node, "--help"], capture_output=True, text=True)
    check("--help names the settings", said.returncode == 0 and f"{home}/conf/application.yaml" in said.stdout, said.stdout.splitlines()[0])
    said = subprocess.run([node, "--port", "1"], capture_output=True, text=True)
    check("an unknown argument is refused", said.returncode == 2 and "'--port'" in said.stderr, said.stderr.strip())


def client(home, port, environment):
    """The command-line client, without a cache of its own, submits a task and waits for its end."""
    call = [home / "bin" / "scheduler", "submit", '{"job":"demo"}', "--wait"]
    said = subprocess.run(call, capture_output=True, text=True, timeout=LIMIT, env=environment | {"SCHEDULER_URL": f"http://127.0.0.1:{port}", "SCHEDULER_CACHE": ""})
    check("the client's task is completed", said.returncode == 0 and "completed" in said.stdout, (said.stdout + said.stderr).strip().splitlines()[-1:])


def run(node, home, work, redis):
    """A node as its script starts it, from another folder; a task; its end."""
    port, log = free_port(), work / "node.log"
    with (home / "conf" / "application.yaml").open("a") as settings:
        settings.write("scheduler:\n  node-id: from-the-zip\n")
    before = files(home)
    environment = {"PATH": os.environ["PATH"], "HOME": str(work), "JAVA_HOME": old_java(work / "java17"), "JAVA_OPTS": "-Xmx200m -Dtried=yes",
                   "REDIS_ADDR": f"127.0.0.1:{redis}", "LISTEN_ADDR": f"127.0.0.1:{port}", "RAFT_BIND_ADDR": f"127.0.0.1:{free_port()}",
                   "RAFT_DATA_DIR": str(work / "raft")}
    began = time.monotonic()
    with log.open("w") as lines:
        process = subprocess.Popen([node], cwd=work / "elsewhere", env=environment, stdout=lines, stderr=subprocess.STDOUT)
    try:
        await_true("ready", lambda: process.poll() is not None or call(port, "/health/ready")[0] == 200)
        if process.poll() is not None:
            raise SystemExit(f"FAILED: the node ended with status {process.returncode}")
        check("a node starts", True, f"ready after {time.monotonic() - began:.1f} s")
        version = json.loads(call(port, "/health")[1])["version"]
        check("its version", version.startswith(home.name.removeprefix("task-scheduler-") + "+"), version)
        words = pathlib.Path(f"/proc/{process.pid}/cmdline").read_text().split("\0") if os.path.exists("/proc/self/cmdline") else []
        check("the script became the node, with JAVA_OPTS", not words or "-Dtried=yes" in words and "-XX:+UseSerialGC" not in words, words[0] if words else "no /proc here")
        status, answer = call(port, "/submit", {"priority": "high", "payload": {"job": "demo"}})
        check("a task is accepted", status in (200, 201, 202), f"{status} {answer.strip()}")
        task = json.loads(answer)["id"]
        await_true("the task's end", lambda: '"completed"' in call(port, f"/status?id={task}")[1])
        check("it is completed", True, task)
        await_true("the leader", lambda: '"from-the-zip"' in call(port, "/leader")[1])
        check("conf/application.yaml is read", True, "node-id")
        client(home, port, environment)
        began = time.monotonic()
        process.send_signal(signal.SIGTERM)
        status = process.wait(LIMIT)
        check("it stops", status == 143, f"status {status} after {time.monotonic() - began:.1f} s")
        check("it wrote nothing into its own folder", files(home) == before, "the same files")
    except BaseException:
        print(log.read_text(), file=sys.stderr)
        raise
    finally:
        process.kill()
        process.wait()


def main():
    file = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as top:
        work = pathlib.Path(top).resolve()
        sums(file)
        subprocess.run(["unzip", "-q", file, "-d", work], check=True)
        home = work / file.stem
        contents(home)
        (work / "elsewhere").mkdir()
        node = work / "elsewhere" / "node"
        node.symlink_to(home / "bin" / "scheduler-node")
        script(node, home)
        port = free_port()
        redis = subprocess.Popen(["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--dir", work], stdout=subprocess.DEVNULL)
        try:
            run(node, home, work, port)
        finally:
            redis.terminate()
            redis.wait(LIMIT)
    print("FAILED: " + ", ".join(failed) if failed else "all held")
    sys.exit(1 if failed else 0)


main()
