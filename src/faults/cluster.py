"""Three nodes on one Redis, for tests that take leaders away."""
import json
import random
import time
import urllib.error
import urllib.request

import systems as s


class Cluster:
    def __init__(self, run, workers, env_of):
        """`env_of` says the environment of a node, by its name."""
        self.run, self.redis, self.workers, self.env_of = run, s.redis(run), workers, env_of
        self.nodes = {}
        for name in ("n0", "n1", "n2"):
            self.start(name)

    def start(self, name):
        self.nodes[name] = s.node(self.run, self.redis, self.workers, wait=False, env={**self.env_of(name), "NODE_ID": name})

    def call(self, method, path, body=None, secs=10):
        """Asks any node, and another where one does not answer."""
        why = "no node answers"
        for name in random.sample(sorted(self.nodes), len(self.nodes)) * 20:
            data = None if body is None else json.dumps(body).encode()
            request = urllib.request.Request(self.nodes[name].url + path, data, {"Content-Type": "application/json"}, method=method)
            try:
                with urllib.request.urlopen(request, timeout=secs) as answer:
                    return json.loads(answer.read() or "{}")
            except urllib.error.HTTPError as e:
                why = e.read().decode()
                if e.code < 500:
                    raise RuntimeError(why)
            except OSError as e:
                why = str(e)
            time.sleep(0.2)
        raise RuntimeError(f"{method} {path}: {why}")

    def leader(self):
        return self.call("GET", "/health").get("leader_id") or ""

    def resign(self, name):
        try:
            s.get(urllib.request.Request(self.nodes[name].url + "/leader/resign", b"", method="POST"))
        except (KeyError, OSError):
            pass  # it leads no more
