#!/usr/bin/env python3
"""crowd.py NODES: many node members; a tenth of them is killed at once while an aggregator joins.

Three aggregators and a sink, and so many nodes, each with one container that writes a line a second. When all nodes are ready every tenth is killed (SIGKILL) in the moment in which a
fourth aggregator starts. Prints how long it took until that one was ready, and had stored anything; starts the killed nodes again, and says at the end what was lost and doubled.

Needs the solution built (Release), a C compiler and zlib for the harness's sink. A node is about 120 MB and three CPU seconds at its start.
"""
import os
import re
import shutil
import sys
import tempfile
import threading
import time

from members import Member, Sink, free_ports, get

AGGREGATORS = 3
LIMIT_SECONDS = 900


def wait(what, done, started):
    while not done():
        if time.time() > started + LIMIT_SECONDS:
            raise SystemExit(f"{what}: not within {LIMIT_SECONDS} s")
        time.sleep(0.2)
    return time.time() - started


class Writers(threading.Thread):
    """One container a node."""

    def __init__(self, folder, nodes):
        super().__init__(daemon=True)
        self.files = []
        for number in range(nodes):
            pod = f"{folder}/pods-{number}/shop_app-{number}_0a1b2c3d-0000-4000-8000-{number:012d}/app"
            os.makedirs(pod)
            self.files.append(open(f"{pod}/0.log", "w", buffering=1))
        self.written = 0
        self.ends = threading.Event()
        self.start()

    def run(self):
        while not self.ends.wait(1):
            for file in self.files:
                now = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime())
                file.write(f"{now}.{self.written % 10**9:09d}Z stdout F INFO [main] request : rid=f00-{self.written:09d} GET /cart took 12 ms\n")
                self.written += 1

    def finish(self):
        self.ends.set()
        self.join()


def has_stored(member):
    try:
        return re.search(r'^logpipeline_bulk_requests_total\{status="200"\} [1-9]', get(member.web, "/metrics"), re.MULTILINE) is not None
    except OSError:
        return False


def main():
    nodes = int(sys.argv[1])
    folder = tempfile.mkdtemp(prefix="crowd-")
    sink_port, *ports = free_ports(1 + 2 * (nodes + AGGREGATORS + 1))
    store = f'store: {{ urls: ["http://127.0.0.1:{sink_port}"] }}'
    sink, writers, members = Sink(folder, sink_port), Writers(folder, nodes), []

    def start(name, project, settings):
        place = 2 * len(members)
        members.append(Member(folder, name, project, ports[0], ports[place], ports[place + 1], settings))
        return members[-1]

    try:
        started = time.time()
        for number in range(AGGREGATORS):
            start(f"aggregator-{number}", "Aggregator", store)
        reading = [
            start(
                f"node-{number}",
                "Node",
                f'{store}\nsources: [{{ path: "{folder}/pods-{number}/*/*/*.log" }}]\nenrichment: {{ host: node-{number} }}\nledger: {{ state_directory: "{folder}/state-{number}" }}',
            )
            for number in range(nodes)
        ]
        print(f"{nodes} nodes and {AGGREGATORS} aggregators were ready after {wait('ready', lambda: all(member.is_ready for member in members), started):.0f} s", flush=True)
        killed = reading[:: 10]
        begun = time.time()
        for member in killed:
            member.process.kill()
        added = start("aggregator-added", "Aggregator", store)
        for member in killed:
            member.process.wait()
        print(f"{len(killed)} nodes were killed; an aggregator that started then was ready after {wait('ready', lambda: added.is_ready, begun):.1f} s", flush=True)
        print(f"and had stored something after {wait('stored', lambda: has_stored(added), begun):.1f} s", flush=True)
        for member in killed:
            member.start()
        writers.finish()
        caught_up = time.time()
        wait("caught up", lambda: sink.stored >= writers.written, caught_up)
        end = sink.stats
        print(f"{writers.written} lines were written, {writers.written - end['uniq']} lost, {end['dup']} doubled; {time.time() - caught_up:.0f} s after the last one all were stored")
    finally:
        for member in members:
            member.stop()
        sink.stop()
        shutil.rmtree(folder)


main()
