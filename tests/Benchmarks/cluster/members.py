"""What the measurements of this folder share: members as real processes, and the harness's sink."""
import json
import os
import socket
import subprocess
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.abspath(f"{HERE}/../../..")


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


def get(port, path):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=60).read().decode()


class Sink:
    """The harness's counting sink: it answers everything at once, and knows which ids it has got."""

    def __init__(self, folder, port):
        subprocess.check_call(["cc", "-O3", "-march=native", "-o", f"{folder}/sink", f"{HERE}/../harness/sink/sink.c", "-lz"])
        self.port = port
        self.process = subprocess.Popen([f"{folder}/sink", "-p", str(port), "-i", "full", "-k"])

    @property
    def stats(self):
        return json.loads(get(self.port, "/stats"))

    @property
    def stored(self):
        try:
            return self.stats["uniq"]
        except OSError:
            return 0  # not listening yet

    def stop(self):
        self.process.kill()
        self.process.wait()


class Member:
    """A node or an aggregator; the cluster begins with the member that `seed` is the port of."""

    def __init__(self, folder, name, project, seed, listen, web, settings):
        self.web = web
        path = f"{folder}/{name}.yaml"
        with open(path, "w") as file:
            file.write(f'{settings}\nweb: {{ listen: "127.0.0.1:{web}" }}\ncluster: {{ listen: "127.0.0.1:{listen}", seeds: ["127.0.0.1:{seed}"] }}\n')
        self.command = ["dotnet", f"{ROOT}/src/{project}/bin/Release/net10.0/pipeline-{project.lower()}.dll", "--config", path]
        self.log = f"{folder}/{name}.log"
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=open(self.log, "a"), stderr=subprocess.STDOUT)

    @property
    def is_ready(self):
        try:
            return get(self.web, "/readyz") is not None
        except OSError:
            return False

    def stop(self):
        self.process.kill()
        self.process.wait()
