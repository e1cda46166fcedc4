"""Starts a node and runs the examples of each generated client against it: see src/ship/try-clients."""
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

root, out = map(pathlib.Path, sys.argv[1:])
here = pathlib.Path(__file__).parent
PAGES = ("README.md", "docs/quickstart.md")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def bodies():
    """The bodies that the pages send, as JSON."""
    found = [json.loads(body) for page in PAGES for body in re.findall(r"-d '(\{.*?\})'", (root / page).read_text())]
    if len(found) < 6:
        raise SystemExit(f"found only {len(found)} bodies in {PAGES}")
    return found


def await_ready(node, process, log):
    limit = time.monotonic() + 180  # it may build first
    while True:
        try:
            with urllib.request.urlopen(node + "/leader", timeout=2) as answer:
                if json.load(answer)["leader"]:
                    return
        except (urllib.error.URLError, OSError, ValueError):
            pass
        if process.poll() is not None or time.monotonic() > limit:
            raise SystemExit("The node did not start:\n" + log.read_text())
        time.sleep(0.1)


def methods(folder, suffix, pattern):
    """The methods of each generated class of calls."""
    for source in sorted(folder.glob("*" + suffix)):
        names = dict.fromkeys(re.findall(pattern, source.read_text(), re.M))
        print(f"  {source.name.removesuffix(suffix)}: {', '.join(names)}")


def said(body):
    """The body without empty lists: some clients send one for an optional list, which says as much as none."""
    return {name: said(value) if isinstance(value, dict) else value for name, value in body.items() if value != []}


def run(name, wanted, *command, **environment):
    began = time.monotonic()
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=os.environ | environment, timeout=120)
    lines = done.stdout.splitlines()
    if done.returncode or not lines or lines[-1] != "ok":
        raise SystemExit(f"FAILED {name}\n{done.stdout}")
    sent = [said(json.loads(line.removeprefix("sent "))) for line in lines if line.startswith("sent ")]
    missing = [body for body in wanted if body not in sent]
    if missing:
        raise SystemExit(f"FAILED {name}: it did not send what the pages send; add it to its example: {json.dumps(missing)}")
    print(f"ok     {name}: {len(sent)} bodies, {time.monotonic() - began:.1f} s", flush=True)


def main():
    wanted = bodies()
    print("Methods, Java:")
    methods(out / "java/src/main/java/org/openapitools/client/api", "Api.java", r"^  public \w+ (\w+)\((?!.*headers\))(?!.*HttpResponse)")
    print("Methods, Python:")
    methods(out / "python/openapi_client/api", "_api.py", r"^    def ([a-z]\w*?)\((?<!_with_http_info\()(?<!_without_preload_content\()$")
    print("Methods, TypeScript:")
    methods(out / "typescript/client/apis", "Api.ts", r"^    async (\w+)(?<!Raw)(?<!RequestOpts)\(")
    port = free_port()
    node = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory() as folder:
        log = pathlib.Path(folder, "log")
        with log.open("w") as lines:
            environment = {k: v for k, v in os.environ.items() if k != "REDIS_ADDR"}
            process = subprocess.Popen([root / "run"], cwd=folder, stdout=lines, stderr=subprocess.STDOUT, start_new_session=True,
                                       env=environment | {"LISTEN_ADDR": f"127.0.0.1:{port}", "LOCAL_DIR": folder})
        try:
            await_ready(node, process, log)
            java = os.environ["JAVA_HOME"] + "/bin/java"
            run("Java", wanted, java, "-cp", f"{out}/classes:{out}/lib/*", "Examples", node)
            run("Python", wanted, sys.executable, str(here / "python/examples.py"), node, PYTHONPATH=str(out / "python"))
            run("TypeScript, openapi-fetch", wanted, "node", str(out / "typescript/out/openapi-fetch.js"), node)
            run("TypeScript, typescript-fetch", wanted, "node", str(out / "typescript/out/typescript-fetch.js"), node)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)


main()
