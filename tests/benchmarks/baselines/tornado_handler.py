"""A bare Tornado handler that returns the bytes of a file: ``tornado_handler.py PORT FILE``."""

import asyncio
import sys
from pathlib import Path

from tornado.web import Application, RequestHandler

BODY = Path(sys.argv[2]).read_bytes()


class Same(RequestHandler):
    def get(self):
        self.set_header("Content-Type", "application/json")
        self.write(BODY)

    def log_request(self):
        pass


async def main():
    Application([("/", Same)], log_function=lambda _: None).listen(int(sys.argv[1]), "localhost")
    await asyncio.Event().wait()


asyncio.run(main())
