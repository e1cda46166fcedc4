"""The overlay with Sentinels under load: the primary is killed and stopped, and all servers are. See src/ship/try-image."""
import json
import time

from cluster import Ledger, await_true, call, leader

FILES = ("-f", "docker-compose.yml", "-f", "docker-compose.sentinel.yml", "--profile", "redis")
TASK = b'{"priority":"high","type":"sleep","payload":{"ms":20},"durability":"replica"}'


def failovers(check, compose, docker, nodes):
    ports = list(nodes.values())

    def container(service):
        return compose(*FILES, "ps", "-q", service).split()[-1]

    def primary():
        ask = "REDISCLI_AUTH=$(cat /redis-secrets/password) redis-cli -p 26379 SENTINEL GET-MASTER-ADDR-BY-NAME mymaster"
        return docker("exec", container("sentinel1"), "sh", "-c", ask).split()[0]

    def replicas():
        return sum(one["online"] for one in json.loads(call(ports[0], "GET", "/health")[1])["redis"]["replication"])

    compose(*FILES, "up", "--build", "-d", quiet=False)
    await_true("a leader", lambda: leader(ports))
    await_true("two replicas", lambda: replicas() == 2)
    check("the first primary", primary() == "redis", primary())
    ledger = Ledger(ports, TASK, '"durability":"replica"')
    time.sleep(3)
    for blow in ("kill", "stop"):
        former, stored = primary(), len(ledger.accepted)
        gone = container(former)
        began = time.monotonic()
        docker(blow, *(("-t", "30") if blow == "stop" else ()), gone)
        await_true("submissions go on", lambda: len(ledger.accepted) > stored + 100, pause=0.01)
        await_true("another primary", lambda: primary() != former)
        await_true("a leader", lambda: leader(ports))
        check(f"sentinel: docker {blow} of {former}", True, f"{primary()} is primary; 100 tasks more were stored on a replica within {time.monotonic() - began:.1f} s")
        docker("start", gone)
        await_true("it came back as a replica", lambda: replicas() == 2)
    last = primary()
    ledger.stop()
    compose(*FILES, "stop", "-t", "30")
    compose(*FILES, "up", "-d")
    await_true("a leader after all were stopped", lambda: leader(ports))
    check("sentinel: the same primary after a stop of all", primary() == last, primary())
    ledger.settle(ports[0])
    check("sentinel: nothing with durability replica was lost", len(ledger.accepted) > 1000, f"{len(ledger.accepted)} accepted tasks completed")
