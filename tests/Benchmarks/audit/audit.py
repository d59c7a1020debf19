#!/usr/bin/env python3
"""What an audit costs, beside shipping: audit.py [bytes, 1e9] [files, 1000] [deep]

Writes so many bytes of CRI logs into so many files of as many pods, ships them into the embedded store, audits, and with "deep" audits every id.
A JSON line a step: seconds by the clock, CPU seconds of the process, and MB of log (10^6) for each second by the clock. PIPELINE is the command that
starts the pipeline ("dotnet <publish folder>/pipeline.dll"); AUDIT_ROOT the folder for logs and state (a temporary one, deleted at the end).
"""
import json, os, shutil, subprocess, sys, tempfile, time

size, files, deep = int(float(sys.argv[1])) if len(sys.argv) > 1 else 10**9, int(sys.argv[2]) if len(sys.argv) > 2 else 1000, "deep" in sys.argv
pipeline = os.environ["PIPELINE"].split()
root = os.environ.get("AUDIT_ROOT") or tempfile.mkdtemp(prefix="audit-")


def write():
    lines, each = [], size // files
    while len(lines) * 140 < each:
        n = len(lines)
        lines.append(f"2026-11-20T{n // 3600000 % 24:02}:{n // 60000 % 60:02}:{n // 1000 % 60:02}.{n % 1000:03}000000Z {'stderr' if n % 7 == 0 else 'stdout'} F INFO request {n} GET /cart/{n % 991} "
                     f"took {n % 313} ms for user {n % 7919} from 10.0.{n % 256}.{n % 199} status 200 {'x' * (n % 29)}\n")
    body = "".join(lines).encode()
    total = 0
    for number in range(files):
        folder = f"{root}/pods/shop_cart-{number}_0a1b2c3d-0000-0000-0000-{number:012}/app"
        os.makedirs(folder)
        with open(f"{folder}/0.log", "wb") as file:
            file.write(f"2026-11-20T00:00:00.{number:09}Z stdout F begins {number}\n".encode() + body)
            total += file.tell()
    return total


def step(name, *arguments, expected=0):
    before, started = os.times(), time.monotonic()
    done = subprocess.run([*pipeline, *arguments, "--config", f"{root}/pipeline.yaml", "--source", f"{root}/pods/*/*/*.log", "--state", f"{root}/state"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    seconds, after = time.monotonic() - started, os.times()
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    if done.returncode != expected:
        sys.exit(f"{name} ended with {done.returncode}:\n{done.stdout[-2000:]}")
    print(json.dumps({"step": name, "mb": total // 10**6, "files": files, "seconds": round(seconds, 1), "cpu_s": round(cpu, 1), "mb_per_s": round(total / 1e6 / seconds, 1)}), flush=True)
    return seconds, done.stdout


try:
    total = write()
    with open(f"{root}/pipeline.yaml", "w") as file:
        file.write("store:\n  embedded:\n    max_size: 64GiB\n")  # nothing is to be deleted
    shipping, _ = step("ship", "run", "--until-idle", "1", "--listen", "127.0.0.1:0", "--from-start")
    audit, said = step("audit", "audit")
    print(said, end="")
    print(f"audit takes 1/{shipping / audit:.1f} of the time that shipping took")
    if deep:
        print(step("audit --deep", "audit", "--deep")[1], end="")
finally:
    shutil.rmtree(root, ignore_errors=True)
