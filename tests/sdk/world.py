"""The sandbox as a process, somebody who is notified, and people who act in it."""

import json
import subprocess
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from queue import Queue

PATIENCE_SECONDS = 10


class World:
    """A sandbox that ends with the `with` it is begun in."""

    def __init__(self, program):
        self.program = program
        self.notices = Queue()

    def __enter__(self):
        notices = self.notices

        class Notified(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                notices.put(json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Notified)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        notify = f"http://127.0.0.1:{self.server.server_port}/paid"
        command = [self.program, "--port", "0", "--notify", notify]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        lines = [self.process.stdout.readline().strip() for _ in range(3)]
        self.origin, self.token = lines[:2]
        self.shop, self.secret = lines[2].split(":")
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.server.shutdown()

    def do(self, path, **body):
        """Does what people do on the pages."""
        headers = {"Content-Type": "application/json"}
        data = json.dumps(body).encode()
        request = urllib.request.Request(self.origin + path, data, headers)
        with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
            return json.load(answer)

    def notice(self):
        return self.notices.get(timeout=PATIENCE_SECONDS)


def show(what, *told):
    print(f"{what:34}", *told)
