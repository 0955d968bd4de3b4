"""HTTP to a service on a Unix socket, for the scripts in this folder. They import it once http.client is there: http.py
beside it is another one than Python's."""
import http.client, socket


class Connection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)
