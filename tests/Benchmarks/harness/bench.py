#!/usr/bin/env python3
"""bench.py <peer> <scenario> [runs]: see README.md.

Starts a counting sink and a log shipper, each on its own core, and measures the shipper until every generated record has arrived.
One JSON line a run on stdout and in $BENCH_ROOT/results.jsonl.
"""
import glob
import json
import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ.get("BENCH_ROOT", os.path.expanduser("~/.cache/logbench"))
DATA = os.environ.get("BENCH_DATA", f"{ROOT}/data")
RUN = os.environ.get("BENCH_RUN", f"{ROOT}/run")
SINK_PORT = int(os.environ.get("SINK_PORT", "19200"))
WEB_PORT = int(os.environ.get("PIPELINE_PORT", "15081"))
SHIPPER_CPUS = os.environ.get("SHIPPER_CPUS", "0")
SINK_CPUS = os.environ.get("SINK_CPUS", "1")
STALL_SECONDS = float(os.environ.get("STALL", "20"))
SETTLE_SECONDS = float(os.environ.get("SETTLE", "3"))
NICE = ["nice", "-n", os.environ["BENCH_NICE"]] if os.environ.get("BENCH_NICE") else []
TICKS = os.sysconf("SC_CLK_TCK")

# Scenario: data set, its log files, their kubelet-style links.
SCENARIOS = {
    "S1": ("cri", "var/log/pods/ns1_*/*/*.log", "*_ns1_*.log"),
    "S1d": ("cri", "var/log/pods/ns1_*/*/*.log", "*_ns1_*.log"),
    "S2": ("cri20", "var/log/pods/ns2_*/*/*.log", "*_ns2_*.log"),
    "S2000": ("cri2000", "var/log/pods/ns8_*/*/*.log", None),
    "S3": ("docker", "var/lib/docker/containers/*/*-json.log", None),
    "S4": ("multi", "var/log/pods/ns3_*/*/*.log", "*_ns3_*.log"),
    "S5": ("cri", "var/log/pods/ns1_*/*/*.log", "*_ns1_*.log"),
    "embedded": ("cri", "var/log/pods/ns1_*/*/*.log", None),
    "crash": ("cri", "var/log/pods/ns1_*/*/*.log", "*_ns1_*.log"),
    "crash4": ("multi", "var/log/pods/ns3_*/*/*.log", "*_ns3_*.log"),
    "term": ("cri", "var/log/pods/ns1_*/*/*.log", "*_ns1_*.log"),
    "idle": ("idle", "var/log/pods/ns5_*/*/*.log", "*_ns5_*.log"),
    "idle10k": ("idle10k", "var/log/pods/ns9_*/*/*.log", None),
    "rotate": (None, "var/log/pods/ns7_*/*/*.log", "*_ns7_*.log"),
    "lat": (None, "var/log/pods/ns4_*/*/*.log", "*_ns4_*.log"),
}
KILLED = ("crash", "crash4", "term")
IDLE = ("idle", "idle10k")
ONCE = (*KILLED, *IDLE, "rotate", "embedded")


def get(port, path):
    return urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=30).read().decode()


def sink_stats():
    return json.loads(get(SINK_PORT, "/stats"))


class Sink:
    """The counting sink's process. `keep`: documents are kept, so that ids can be looked up."""

    def __init__(self, keep=False):
        os.makedirs(RUN, exist_ok=True)
        command = NICE + ["taskset", "-c", SINK_CPUS, self.build(), "-p", str(SINK_PORT), "-i", os.environ.get("SINK_ITEMS", "full")]
        command += ["-k"] if keep else []
        for variable, option in (("SINK_DUMP", "-d"), ("SINK_FAIL_ITEM", "-e"), ("SINK_FAIL_REQ", "-u"), ("SINK_DELAY_MS", "-w")):
            if os.environ.get(variable):
                command += [option, os.environ[variable]]
        self.process = subprocess.Popen(command)
        for _ in range(100):
            time.sleep(0.02)
            if self.process.poll() is not None:
                raise SystemExit(f"the sink has ended: is port {SINK_PORT} in use?")
            try:
                sink_stats()
                return
            except OSError:
                pass
        raise SystemExit("the sink does not answer")

    @staticmethod
    def build():
        source, binary = f"{HERE}/sink/sink.c", f"{RUN}/sink"
        if not os.path.exists(binary) or os.path.getmtime(binary) < os.path.getmtime(source):
            subprocess.check_call(["cc", "-O3", "-march=native", "-o", binary, source, "-lz"])
        return binary

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()


class Usage:
    """CPU seconds, resident and peak resident megabytes of all live processes of a session."""

    def __init__(self, session):
        self.cpu = self.rss = self.peak = 0.0
        for pid in filter(str.isdigit, os.listdir("/proc")):
            try:
                text = open(f"/proc/{pid}/stat").read()
                fields = text[text.rindex(")") + 2 :].split()
                if int(fields[3]) != session or fields[0] == "Z":
                    continue
                self.cpu += (int(fields[11]) + int(fields[12])) / TICKS
                status = open(f"/proc/{pid}/status").read()
                self.rss += int(re.search(r"VmRSS:\s*(\d+)", status)[1]) / 1024
                self.peak += int(re.search(r"VmHWM:\s*(\d+)", status)[1]) / 1024
            except (OSError, TypeError):
                pass  # ended meanwhile


class Shipper:
    """The shipper under test, in a session of its own."""

    def __init__(self, peer, scenario, state, log):
        _, logs, links = SCENARIOS[scenario]
        environment = dict(
            os.environ,
            SCENARIO=scenario,
            LOGS=f"{DATA}/{logs}",
            LINKDIR=f"{DATA}/var/log/containers",
            LINKGLOB=links or "",
            LINKS=f"{DATA}/var/log/containers/{links}" if links else "",
            STATE=state,
            SINK_HOST="127.0.0.1",
            SINK_PORT=str(SINK_PORT),
            PIPELINE_PORT=str(WEB_PORT),
            PEERDIR=f"{HERE}/peers/{peer}",
            BENCH_ROOT=ROOT,
            NODE_NAME="node-1",
        )
        command = NICE + ["taskset", "-c", SHIPPER_CPUS, f"{HERE}/peers/{peer}/launch.sh"]
        raise_priority("self")
        self.process = subprocess.Popen(
            command, env=environment, start_new_session=True, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        raise_priority(self.process.pid)

    @property
    def usage(self):
        return Usage(self.process.pid)

    @property
    def has_ended(self):
        return self.process.poll() is not None

    def stop(self, with_signal=signal.SIGTERM, wait=20):
        try:
            os.killpg(self.process.pid, with_signal)
        except ProcessLookupError:
            pass
        try:
            self.process.wait(wait)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


def raise_priority(pid):
    """nice does not cross autogroups: raises the whole session against other jobs on a shared machine."""
    if NICE:
        try:
            open(f"/proc/{pid}/autogroup", "w").write(NICE[2])
        except OSError:
            pass


def wait_for(count, wanted, shipper):
    """Until count() is what is wanted, or has not grown for a while. Returns the usage when it last grew, and whether it stalled."""
    best, grew, usage = -1, time.time(), shipper.usage
    while True:
        time.sleep(0.05)
        now, at = count(), shipper.usage
        if now > best:
            best, grew, usage = now, time.time(), at
        if now >= wanted:
            return usage, False
        if shipper.has_ended or time.time() - grew > STALL_SECONDS:
            return usage, True


def empty_state(peer):
    state = f"{RUN}/state-{peer}"
    shutil.rmtree(state, ignore_errors=True)
    os.makedirs(state)
    return state


def manifest_of(scenario):
    """What was generated; its files are read once, so that all runs find them in the page cache."""
    manifest = json.load(open(f"{DATA}/manifest-{SCENARIOS[scenario][0]}.json"))
    for entry in manifest["files"]:
        with open(f"{DATA}/{entry['path']}", "rb", 0) as file:
            while file.read(1 << 22):
                pass
    return manifest


def cpu_steps():
    """Where the pipeline says that its CPU seconds went, by step; of other shippers nothing."""
    try:
        text = get(WEB_PORT, "/metrics")
    except OSError:
        return {}
    return {step: float(value) for step, value in re.findall(r'^logpipeline_cpu_seconds_total\{step="(\w+)"\} (\S+)', text, re.MULTILINE)}


def shares(steps):
    """The same as percentages of what is not the start."""
    whole = sum(steps.values()) - steps.get("start", 0)
    return {f"{step}_pct": round(100 * seconds / whole) for step, seconds in steps.items() if step != "start"} if whole > 0 else {}


def steal():
    fields = [int(field) for field in open("/proc/stat").readline().split()[1:]]
    return fields[7], sum(fields)


def throughput(peer, scenario, run):
    """Everything from the first byte to the last record's arrival; the killed scenarios restart the shipper at 40 %."""
    manifest, state = manifest_of(scenario), empty_state(peer)
    megabytes, records = manifest["bytes"] / 1e6, manifest["records"]
    result = {"peer": peer, "scenario": scenario, "run": run, "load": os.getloadavg()[0]}
    stolen, ticks = steal()
    cpu_before = 0
    with open(f"{RUN}/{peer}-{scenario}.log", "w") as log, Sink(keep=scenario in KILLED):
        started = time.time_ns()
        shipper = Shipper(peer, scenario, state, log)
        try:
            if scenario in KILLED:
                while sink_stats()["uniq"] < records * 0.4 and not shipper.has_ended:
                    time.sleep(0.02)
                cpu_before = shipper.usage.cpu
                shipper.stop(signal.SIGTERM if scenario == "term" else signal.SIGKILL, wait=60)
                result["at_kill"] = sink_stats()["uniq"]
                time.sleep(1)
                shipper = Shipper(peer, scenario, state, log)
            usage, result["stalled"] = wait_for(lambda: sink_stats()["uniq"], records, shipper)
            if scenario in IDLE:
                time.sleep(10)
                before = shipper.usage
                time.sleep(30)
                after = shipper.usage
                result.update(idle_rss_mb=round(after.rss, 1), idle_cpu_pct=round((after.cpu - before.cpu) / 30 * 100, 2))
            time.sleep(SETTLE_SECONDS)
            peak, before_stop = max(usage.peak, shipper.usage.peak), sink_stats()
            steps = cpu_steps() if peer == "pipeline" else {}
        finally:
            shipper.stop()
        end = sink_stats()
    stolen, ticks = (now - then for now, then in zip(steal(), (stolen, ticks)))
    wall, cpu = (end["last_new_ns"] - started) / 1e9, usage.cpu + cpu_before
    result.update(
        wall_s=round(wall, 2),
        cpu_s=round(cpu, 2),
        mb_s=round(megabytes / wall, 1),
        mb_per_cpu_s=round(megabytes / cpu, 1) if cpu else None,
        krec_per_cpu_s=round(records / cpu / 1000, 1) if cpu else None,
        rss_peak_mb=round(peak, 1),
        first_s=round((end["first_ns"] - started) / 1e9, 2),
        records=records,
        lost=records - end["uniq"],
        bytes_per_doc=round(end["doc_bytes"] / max(1, end["docs"])),
        bytes_out_per_in=round(end["body_bytes"] / manifest["bytes"], 2),
        body_kb_per_req=round(end["body_bytes"] / max(1, end["requests"]) / 1000),
        docs_on_stop=end["docs"] - before_stop["docs"],
        steal_pct=round(100 * stolen / max(1, ticks), 1),
        **shares(steps),
        **{key: end[key] for key in ("docs", "dup", "no_id", "out_of_order", "requests", "rejected", "conflicts")},
    )
    if manifest["traces"] + manifest["partials"]:
        result["multi_expected"] = manifest["traces"] + manifest["partials"]
        result.update({key: end[key] for key in ("multi_ok", "multi_bad", "multi_tail", "merged")})
    return result


def embedded(peer, run):
    """The same into the pipeline's own store, until its metrics say that every record is stored. Store and pipeline are one process."""
    manifest, state = manifest_of("embedded"), empty_state(peer)

    def stored():
        try:
            lines = re.findall(r"^logpipeline_stored_records_total\S*\s+(\d+)", get(WEB_PORT, "/metrics"), re.MULTILINE)
        except OSError:
            return 0  # not listening yet
        return sum(map(int, lines))

    with open(f"{RUN}/{peer}-embedded.log", "w") as log:
        started = time.time()
        shipper = Shipper(peer, "embedded", state, log)
        try:
            usage, stalled = wait_for(stored, manifest["records"], shipper)
            wall = time.time() - started
            lost = manifest["records"] - stored()
        finally:
            shipper.stop()
    megabytes = manifest["bytes"] / 1e6
    on_disk = sum(os.path.getsize(f"{folder}/{name}") for folder, _, names in os.walk(f"{state}/store") for name in names)
    return {
        "peer": peer,
        "scenario": "embedded",
        "run": run,
        "wall_s": round(wall, 2),
        "cpu_s": round(usage.cpu, 2),
        "mb_s": round(megabytes / wall, 1),
        "mb_per_cpu_s": round(megabytes / usage.cpu, 1),
        "rss_peak_mb": round(usage.peak, 1),
        "lost": lost,
        "store_mb": round(on_disk / 1e6),
        "stalled": stalled,
    }


def container(namespace, number):
    """An empty container's log file, and its link; its path."""
    pod = f"{DATA}/var/log/pods/{namespace}_app-1_0a1b2c3d-0000-4000-8000-000000000001/app"
    shutil.rmtree(pod, ignore_errors=True)
    os.makedirs(pod)
    os.makedirs(f"{DATA}/var/log/containers", exist_ok=True)
    link = f"{DATA}/var/log/containers/app-1_{namespace}_app-{number:064x}.log"
    if not os.path.lexists(link):
        os.symlink(f"{pod}/0.log", link)
    return f"{pod}/0.log"


def latency(peer, run):
    """Lines at random moments, LAT_RATE a second: from write to arrival."""
    lines, rate = int(os.environ.get("LAT_N", "600")), float(os.environ.get("LAT_RATE", "20"))
    path, state, pauses = container("ns4", 81), empty_state(peer), random.Random(run)
    with open(path, "ab", 0) as file, open(f"{RUN}/{peer}-lat.log", "w") as log, Sink():

        def write(number, stamp):
            file.write(f"2026-01-01T00:00:00.000000001Z stdout F INFO [main] probe : rid=f81-{number:09d}{stamp} hello\n".encode())

        write(0, "")
        shipper = Shipper(peer, "lat", state, log)
        try:
            time.sleep(5)
            before = shipper.usage
            for number in range(lines):
                write(number + 1, f" tw={time.time_ns()}")
                time.sleep(pauses.uniform(0.5, 1.5) / rate)
            after = shipper.usage
            time.sleep(8)
            measured, requests = json.loads(get(SINK_PORT, "/lat")), sink_stats()["requests"]
        finally:
            shipper.stop()
    cpu = round((after.cpu - before.cpu) / (lines / rate) * 100, 2)
    return {"peer": peer, "scenario": "lat", "run": run, "sent": lines, **measured, "requests": requests, "cpu_pct": cpu, "rss_mb": round(after.rss, 1)}


def rotate(peer, run):
    """Rotation as kubelet does it, under load: 0.log is renamed and made anew; of the renamed ones only the newest stays."""
    lines, rate = int(os.environ.get("ROT_N", "400000")), float(os.environ.get("ROT_RATE", "20000"))
    rotate_bytes = int(os.environ.get("ROT_SIZE", "10000000"))
    path, state, padding = container("ns7", 85), empty_state(peer), "x" * 90
    file = open(path, "ab", 0)
    with open(f"{RUN}/{peer}-rotate.log", "w") as log, Sink():
        shipper = Shipper(peer, "rotate", state, log)
        try:
            time.sleep(3)
            started, written, size, rotations = time.time(), 0, 0, 0
            while written < lines:
                block = "".join(
                    f"2026-01-01T00:00:00.000000001Z stdout F 2026-01-01T00:00:00.000Z INFO [main] probe : rid=f85-{number:09d} {padding}\n"
                    for number in range(written, min(lines, written + 200))
                ).encode()
                file.write(block)
                written += 200
                size += len(block)
                if size > rotate_bytes:
                    for old in glob.glob(f"{path}.*"):
                        os.remove(old)
                    os.rename(path, f"{path}.{time.strftime('%Y%m%d-%H%M%S')}-{rotations}")
                    file.close()
                    file = open(path, "ab", 0)
                    size = 0
                    rotations += 1
                time.sleep(max(0, started + written / rate - time.time()))
            usage, stalled = wait_for(lambda: sink_stats()["uniq"], lines, shipper)
            time.sleep(3)
        finally:
            shipper.stop()
        end = sink_stats()
    return {
        "peer": peer,
        "scenario": "rotate",
        "run": run,
        "rotations": rotations,
        "sent": lines,
        "lost": lines - end["uniq"],
        "dup": end["dup"],
        "out_of_order": end["out_of_order"],
        "cpu_s": round(usage.cpu, 2),
        "stalled": stalled,
        "done_after_writer_s": round(end["last_new_ns"] / 1e9 - started - lines / rate, 2),
    }


def main():
    peer, scenario = sys.argv[1:3]
    runs = int(sys.argv[3]) if len(sys.argv) > 3 else 1 if scenario in ONCE else 3
    measure = {"lat": latency, "rotate": rotate, "embedded": embedded}.get(scenario)
    results = []
    for run in range(runs):
        result = measure(peer, run) if measure else throughput(peer, scenario, run)
        if os.environ.get("NOTE"):
            result["note"] = os.environ["NOTE"]
        results.append(result)
        print(json.dumps(result), flush=True)
        with open(f"{ROOT}/results.jsonl", "a") as file:
            file.write(json.dumps(result) + "\n")
    if runs > 1:
        figures = ("wall_s", "cpu_s", "mb_s", "mb_per_cpu_s", "rss_peak_mb", "p50_ms", "p99_ms", "idle_rss_mb", "idle_cpu_pct", "lost", "dup")
        print("median", peer, scenario, {key: statistics.median(r[key] for r in results) for key in figures if results[0].get(key) is not None})


main()
