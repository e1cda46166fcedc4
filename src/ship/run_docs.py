"""Runs the commands of pages: see src/ship/run-docs."""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

NOT_HERE = re.compile(r"^(docker|docker-compose|kubectl|helm)\b")
SHELL = """set -euo pipefail
curl() { command curl --fail-with-body --silent --show-error --max-time 20 "$@"; }
"""
failed, skipped, ran = [], [], 0


class Node:
    """`./run` as the page starts it."""

    def __init__(self, command, folder):
        self.log = pathlib.Path(folder, "run.log")
        words = command.split("#")[0].split()
        with self.log.open("w") as lines:
            environment = {k: v for k, v in os.environ.items() if k != "REDIS_ADDR"}
            self.process = subprocess.Popen(words, stdout=lines, stderr=subprocess.STDOUT, env=environment | {"LOCAL_DIR": folder})
        self.ports = [8081, 8082, 8083] if "--nodes" in words else [8080]
        limit = time.monotonic() + 60
        while not all(self.led(port) for port in self.ports):
            if self.process.poll() is not None or time.monotonic() > limit:
                raise SystemExit(f"FAILED {command}: it is not ready\n{self.log.read_text()}")
            time.sleep(0.1)

    @staticmethod
    def led(port):
        try:
            with urllib.request.urlopen(f"http://localhost:{port}/leader", timeout=2) as answer:
                return b'"epoch"' in answer.read()
        except (urllib.error.URLError, OSError):
            return False

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


def blocks(page):
    """The blocks of a page: where each begins, its language and its lines."""
    found, begin, language, lines = [], 0, None, []
    for number, line in enumerate(pathlib.Path(page).read_text().splitlines(), 1):
        if line.startswith("```"):
            if language is None:
                begin, language, lines = number, line.strip("`").strip(), []
            else:
                found.append((begin, language, lines))
                language = None
        elif language is not None:
            lines.append(line)
    return found


def commands(lines):
    """Each command with the sample that follows it, if there is one."""
    found, command = [], ""
    for line in lines:
        if line.startswith("#"):
            if found and line.startswith("# {"):
                found[-1][1] = line[2:]
            continue
        command += line + "\n"
        if not line.endswith("\\") and line.strip():
            found.append([command, ""])
            command = ""
    return found


def differs(sample, answer):
    """What the sample has and the answer has not."""
    missing = []
    for name, text in re.findall(r'"(\w+)":("[^"]*")?', sample):
        pattern = f'"{name}":' + (re.escape(text) if text and "..." not in text else "")
        if not re.search(pattern, answer):
            missing.append(f'"{name}":{text}')
    return missing


def run(where, lines, folder):
    """Runs the commands in one shell, each with a file for what it prints."""
    global ran
    todo = commands(lines)
    script = SHELL
    for number, (command, _) in enumerate(todo):
        script += f"echo {number} >'{folder}/at'\n{{\n{command}}} >'{folder}/out{number}' 2>&1\n"
    done = subprocess.run(["bash", "-c", script], text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=120)
    last = int(pathlib.Path(folder, "at").read_text())
    for number, (command, sample) in enumerate(todo[:last + 1]):
        printed = pathlib.Path(folder, f"out{number}").read_text()
        faults = differs(sample, printed)
        if number == last and done.returncode:
            faults = [f"status {done.returncode} {done.stdout}"]
        ran += 1
        print(f"{'FAILED' if faults else 'ok    '} {where}: {command.splitlines()[0]}", flush=True)
        if faults:
            failed.append(where)
            print(f"       the answer lacks {faults}\n       {printed}", flush=True)


def page(name, folder):
    node = None
    try:
        for begin, language, lines in blocks(name):
            where = f"{name}:{begin}"
            if language not in ("sh", "text"):
                failed.append(where)
                print(f"FAILED {where}: mark the block as sh or text")
            if language != "sh":
                continue
            here = [line for line in lines if not NOT_HERE.match(line)]
            skipped.extend(f"{where}: {line}" for line in lines if NOT_HERE.match(line))
            if here and here[0].startswith("./run"):
                if node:
                    node.stop()
                node = Node(here.pop(0), tempfile.mkdtemp(dir=folder))
                print(f"ok     {where}: ./run", flush=True)
            if here:
                run(where, here, tempfile.mkdtemp(dir=folder))
    finally:
        if node:
            node.stop()


with tempfile.TemporaryDirectory() as top:
    for each in sys.argv[1:]:
        page(each, top)
for each in skipped:
    print(f"not run: {each}")
print(f"{ran} commands ran, {len(failed)} failed, {len(skipped)} need an engine or a cluster")
sys.exit(1 if failed or ran == 0 else 0)
