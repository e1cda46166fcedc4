"""As much of a Redis client as the benchmark needs."""
import socket


class Redis:
    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self.reader = self.socket.makefile("rb")

    def pipeline(self, *commands):
        """Sends all, then reads all; an error reply is an element, not raised."""
        out = b""
        for command in commands:
            words = [str(w).encode() for w in command]
            out += b"*%d\r\n" % len(words) + b"".join(b"$%d\r\n%s\r\n" % (len(w), w) for w in words)
        self.socket.sendall(out)
        return [self._read() for _ in commands]

    def __call__(self, *command):
        reply = self.pipeline(command)[0]
        if isinstance(reply, Exception):
            raise reply
        return reply

    def _read(self):
        line = self.reader.readline()
        if not line:
            raise ConnectionError("redis closed the connection")
        kind, rest = line[:1], line[1:-2]
        if kind == b"+":
            return rest.decode()
        if kind == b"-":
            return RuntimeError(rest.decode())
        if kind == b":":
            return int(rest)
        if kind == b"$":
            return None if int(rest) < 0 else self.reader.read(int(rest) + 2)[:-2].decode(errors="replace")
        if kind == b"*":
            return [self._read() for _ in range(int(rest))]
        raise RuntimeError(f"redis: {line!r}")

    def info(self, section):
        return dict(line.split(":", 1) for line in self("INFO", section).splitlines() if ":" in line)

    def used_memory(self):
        return int(self.info("memory")["used_memory"])

    def cardinality(self, *keys):
        """Elements of all these keys together, be they lists, sets, sorted sets, hashes or missing."""
        count = {"list": "LLEN", "set": "SCARD", "zset": "ZCARD", "hash": "HLEN"}
        kinds = self.pipeline(*[("TYPE", k) for k in keys])
        there = [(count[kind], k) for k, kind in zip(keys, kinds) if kind in count]
        return sum(self.pipeline(*there)) if there else 0

    def close(self):
        self.reader.close()
        self.socket.close()
