"""Keeps a service of a virtual host running as systemd would by its unit, which cannot run there: starts it anew whenever
it ends, and kills it when its watchdog hears nothing in time. Told to end, it ends the service first.

Usage: python3 keepUnit.py UNIT
"""
import configparser
import os
import signal
import socket
import subprocess
import sys
import time

poll_s = 0.2


def main(path):
    unit = configparser.ConfigParser(strict=False, interpolation=None)
    unit.read(path)
    service = unit["Service"]
    for folder in service.get("RuntimeDirectory", "").split():
        os.makedirs(f"/run/{folder}", mode=0o700, exist_ok=True)
    # An abstract name that the kernel chooses is free, and gone with this process.
    notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notify.bind("")
    notify.settimeout(poll_s)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    while True:
        run_once(service, notify)
        time.sleep(service.getfloat("RestartSec"))


def run_once(service, notify):
    watchdog_s = service.getfloat("WatchdogSec")
    process = subprocess.Popen(service["ExecStart"].split(), env={
        **os.environ,
        **dict(word.split("=", 1) for word in service.get("Environment", "").split()),
        "NOTIFY_SOCKET": "@" + notify.getsockname()[1:].decode(),
        "WATCHDOG_USEC": str(round(watchdog_s * 1e6)),
    })
    try:
        # Until it is ready, a service may take its time.
        heard_s = None
        while process.poll() is None:
            if {"READY=1", "WATCHDOG=1"} & set(next_message(notify)):
                heard_s = time.monotonic()
            if heard_s is not None and time.monotonic() - heard_s > watchdog_s:
                say(f"no sign of life for {watchdog_s:g} s: killed")
                process.kill()
                process.wait()
        say(f"it ended with {process.returncode}, and is started again")
    finally:
        process.terminate()
        process.wait()


def next_message(notify):
    try:
        return notify.recv(4096).decode().splitlines()
    except TimeoutError:
        return []


def say(sentence):
    print(f"keepUnit: {sentence}", flush=True)


main(sys.argv[1])
