#!/usr/bin/env python3
"""idle.py STREAMS...: what an idle stream costs a node and an aggregator.

For each number of streams: one node, one aggregator and a sink, as many container logs of three lines; when all of them are stored the managed heap of both
is read after a full collection. Prints both, and the difference to the first number for each further stream.

Needs the solution built (Release), a C compiler and zlib for the harness's sink. SETTLE: seconds of rest before the heap is read (20).
"""
import glob
import os
import re
import shutil
import socket
import struct
import sys
import tempfile
import time

from members import Member, Sink, free_ports, get

SETTLE_SECONDS = float(os.environ.get("SETTLE", "20"))
LINES = 3


def collect(pid):
    """A full, blocking collection, asked for by the runtime's diagnostic port: a session that enables GCHeapCollect begins with one."""
    path = glob.glob(f"{tempfile.gettempdir()}/dotnet-diagnostic-{pid}-*-socket")[0]

    def text(value):
        return struct.pack("<I", len(value) + 1) + (value + "\0").encode("utf-16-le") if value else struct.pack("<I", 0)

    payload = struct.pack("<IIBI", 16, 1, 0, 1) + struct.pack("<QI", 0x800000, 4) + text("Microsoft-Windows-DotNETRuntime") + text("")
    with socket.socket(socket.AF_UNIX) as port:
        port.connect(path)
        port.sendall(b"DOTNET_IPC_V1\0" + struct.pack("<HBBH", 20 + len(payload), 2, 3, 0) + payload)
        port.settimeout(5)
        try:
            while port.recv(1 << 16):
                pass
        except TimeoutError:
            pass


def heap(member):
    collect(member.process.pid)
    return float(re.search(r"^dotnet_total_memory_bytes (\S+)", get(member.web, "/metrics"), re.MULTILINE)[1])


def measure(streams):
    folder = tempfile.mkdtemp(prefix="idle-")
    sink_port, *ports = free_ports(5)
    for number in range(streams):
        pod = f"{folder}/pods/shop_app-{number}_0a1b2c3d-0000-4000-8000-{number:012d}/app"
        os.makedirs(pod)
        with open(f"{pod}/0.log", "w") as file:
            for line in range(LINES):
                file.write(f"2026-01-01T00:00:00.{line:09d}Z stdout F INFO [main] request : rid=f00-{number * LINES + line:09d} GET /cart/{line} took 12 ms\n")
    sink = Sink(folder, sink_port)
    store = f'store: {{ urls: ["http://127.0.0.1:{sink_port}"] }}'
    members = [
        Member(folder, "aggregator", "Aggregator", ports[0], ports[0], ports[1], store),
        Member(folder, "node", "Node", ports[0], ports[2], ports[3], f'{store}\nsources: [{{ path: "{folder}/pods/*/*/*.log" }}]\nledger: {{ state_directory: "{folder}/state" }}'),
    ]
    try:
        started = time.time()
        while sink.stored < streams * LINES:
            if time.time() > started + 600:
                raise SystemExit(f"not everything was stored; see {folder}")
            time.sleep(0.5)
        took = time.time() - started
        time.sleep(SETTLE_SECONDS)
        return took, [heap(member) for member in members]
    finally:
        for member in members:
            member.stop()
        sink.stop()
        shutil.rmtree(folder)


def main():
    base = None
    for streams in map(int, sys.argv[1:]):
        took, heaps = measure(streams)
        line = f"{streams} streams, stored after {took:.0f} s: heap of the aggregator {heaps[0] / 1e6:.1f} MB, of the node {heaps[1] / 1e6:.1f} MB"
        if base:
            each = [(heap - before) / (streams - base[0]) / 1000 for heap, before in zip(heaps, base[1])]
            line += f"; for each stream more than {base[0]}: aggregator {each[0]:.1f} kB, node {each[1]:.1f} kB"
        print(line, flush=True)
        base = base or (streams, heaps)


main()
