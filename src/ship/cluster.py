"""Calls to nodes, and a ledger of what they accepted."""
import http.client
import json
import socket
import threading
import time

TASK = b'{"priority":"high","type":"sleep","payload":{"ms":20}}'


def call(port, method, path, body=None, timeout=5):
    """Status and text; OSError where there is no answer."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        connection.request(method, path, body, {"Content-Type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    except http.client.HTTPException as e:
        raise OSError(str(e)) from e
    finally:
        connection.close()


def await_true(what, condition, secs=60, pause=0.05):
    end = time.monotonic() + secs
    while time.monotonic() < end:
        try:
            found = condition()
            if found:
                return found
        except (OSError, ValueError):
            pass
        time.sleep(pause)
    raise SystemExit(f"FAILED: waited {secs} s for {what}")


def ready(port):
    return call(port, "GET", "/health/ready", timeout=1)[0] == 200


def leader(ports):
    """Who all of these nodes say leads; None while they do not agree."""
    names = {json.loads(call(port, "GET", "/leader")[1])["leader"] for port in ports}
    return names.pop() if len(names) == 1 else None


class Ledger:
    """Submits to every node that is not set aside, from a thread for each, and keeps each accepted id whose answer says what it should."""

    def __init__(self, ports, task=TASK, says=""):
        self.task, self.says = task, says
        self.accepted, self.refused, self.aside, self.over = [], {}, set(), False
        self.threads = [threading.Thread(target=self.submit, args=(port,)) for port in ports]
        for thread in self.threads:
            thread.start()

    def submit(self, port):
        while not self.over:
            if port in self.aside:
                time.sleep(0.01)
                continue
            try:
                status, text = call(port, "POST", "/submit", self.task)
                if status == 202 and self.says in text:
                    self.accepted.append(json.loads(text)["id"])
                else:
                    self.refused[port] = self.refused.get(port, 0) + 1
            except OSError:
                self.refused[port] = self.refused.get(port, 0) + 1
                time.sleep(0.05)
            time.sleep(0.005)

    def stop(self):
        self.over = True
        for thread in self.threads:
            thread.join()

    def settle(self, port, secs=180):
        """Each accepted task must have completed."""
        end = time.monotonic() + secs
        for task in self.accepted:
            while True:
                status, text = call(port, "GET", f"/status?id={task}")
                found = json.loads(text).get("status")
                if status == 200 and found == "completed":
                    break
                if status == 404 or found == "failed" or time.monotonic() > end:
                    raise SystemExit(f"FAILED: the accepted task {task} is {text}")
                time.sleep(0.1)


def submit_many(port, count, threads=8):
    """As many submissions as fast as a few connections can."""
    body = b'{"priority":"low","payload":{"n":"' + b"x" * 80 + b'"}}'
    request = b"POST /submit HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body) + body
    failures = []

    def run(many):
        with socket.create_connection(("127.0.0.1", port), 10) as s:
            for _ in range(many):
                s.sendall(request)
                answer = b""
                while b"}" not in answer:
                    answer += s.recv(4096) or b"}"
                if not answer.startswith(b"HTTP/1.1 202"):
                    failures.append(answer[:200])
    workers = [threading.Thread(target=run, args=(count // threads,)) for _ in range(threads)]
    for w in workers:
        w.start()
    for w in workers:
        w.join()
    if failures:
        raise SystemExit(f"FAILED: {len(failures)} submissions, such as {failures[0]}")
