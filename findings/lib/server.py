"""A server of one's own on this machine, for clients in Python that take an address: it answers in JSON."""
import http.server
import json
import threading


class Org(http.server.BaseHTTPRequestHandler):
    """A stand-in for an org; a script says what it answers."""

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header('Content-Length', str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def log_message(self, *_words):
        pass


def start(org):
    """Starts it, and gives it with its address."""
    server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), org)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server, f'http://127.0.0.1:{server.server_port}'
