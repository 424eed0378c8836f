"""A page in headless Chromium, used as a person does: mouse, wheel, keyboard, looking; by the DevTools protocol."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

PATIENCE = int(os.environ.get("DISTSNE_PATIENCE", "1"))
FLAGS = ["--headless", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--disable-extensions", "--mute-audio", "--hide-scrollbars",
         "--remote-debugging-port=0"]
KEYS = {"Escape": 27, "Enter": 13, "ArrowLeft": 37, "ArrowUp": 38, "ArrowRight": 39, "ArrowDown": 40, "Tab": 9}
SHIFT = 8


def program():
    """Where Chromium is; None when it is not installed."""
    return shutil.which("chromium")


class Browser:
    """A running Chromium with one page. Errors of the page's scripts and requests that it makes are kept."""

    def __init__(self, *flags, size=(1200, 800)):
        import websocket  # Debian's python3-websocket

        self.folder = tempfile.TemporaryDirectory(prefix="distsne-browser-", ignore_cleanup_errors=True)
        self.process = subprocess.Popen(
            [program(), *FLAGS, *flags, f"--window-size={size[0]},{size[1]}", f"--user-data-dir={self.folder.name}",
             "about:blank"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True)
        self.size = size
        self.errors = []
        self.requests = []
        self.downloads = pathlib.Path(self.folder.name) / "downloads"
        self.last = 0
        port = self.wait_for(self.port, 30, "Chromium does not start")
        self.socket = websocket.create_connection(f"ws://127.0.0.1:{port[0]}{port[1]}", timeout=60 * PATIENCE,
                                                  suppress_origin=True)
        self.session = None
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        self.call("Emulation.setDeviceMetricsOverride", width=size[0], height=size[1], deviceScaleFactor=1,
                  mobile=False)
        self.call("Browser.setDownloadBehavior", behavior="allow", downloadPath=str(self.downloads))

    def port(self):
        try:
            lines = (pathlib.Path(self.folder.name) / "DevToolsActivePort").read_text().splitlines()
        except FileNotFoundError:
            return None
        return lines if len(lines) == 2 else None

    def close(self):
        try:
            self.session = None
            self.call("Browser.close")
            self.socket.close()
            self.process.wait(10)
        except Exception:  # it may be gone already
            self.process.kill()
            self.process.wait()
        self.folder.cleanup()

    def call(self, method, **parameters):
        self.last += 1
        message = {"id": self.last, "method": method, "params": parameters}
        if self.session and not method.startswith(("Target.", "Browser.")):
            message["sessionId"] = self.session
        self.socket.send(json.dumps(message))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.last:
                if "error" in answer:
                    raise RuntimeError(f"{method}: {answer['error']}")
                return answer["result"]
            self.note(answer)

    def note(self, event):
        parameters = event.get("params", {})
        if event["method"] == "Runtime.exceptionThrown":
            details = parameters["exceptionDetails"]
            self.errors.append(details.get("exception", {}).get("description", details["text"]))
        elif event["method"] == "Log.entryAdded" and parameters["entry"]["level"] == "error":
            self.errors.append(parameters["entry"]["text"])
        elif event["method"] == "Network.requestWillBeSent":
            url = parameters["request"]["url"]
            if not url.startswith(("data:", "blob:")):
                self.requests.append(url)

    def open(self, path, fragment=""):
        """Opens a file or an address."""
        self.address = str(path) if "://" in str(path) else pathlib.Path(path).as_uri()
        self.call("Page.navigate", url="about:blank")
        self.wait_for("location.href === 'about:blank'")
        self.errors.clear()  # those of the page before
        self.requests.clear()
        self.call("Page.navigate", url=self.address + fragment)

    def value(self, expression):
        """The value of an expression on the page; a promise is waited for."""
        result = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in result:
            raise RuntimeError(result["exceptionDetails"].get("exception", {}).get("description", str(result)))
        return result["result"].get("value")

    def wait_for(self, done, seconds=20, what="nothing happens"):
        """Waits until a function, or an expression on the page, is true, and returns what it is."""
        end = time.monotonic() + seconds * PATIENCE
        while True:
            found = self.value(done) if isinstance(done, str) else done()
            if found:
                return found
            if time.monotonic() > end:
                raise TimeoutError(f"{what}: {done}; errors: {self.errors}")
            time.sleep(0.02)

    def mouse(self, kind, x, y, **more):
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def move(self, x, y):
        self.mouse("mouseMoved", x, y)

    def click(self, x, y, modifiers=0, count=1):
        self.move(x, y)
        for number in range(1, count + 1):
            for kind in ("mousePressed", "mouseReleased"):
                self.mouse(kind, x, y, button="left", clickCount=number, modifiers=modifiers)

    def drag(self, points, modifiers=0):
        self.move(*points[0])
        self.mouse("mousePressed", *points[0], button="left", buttons=1, clickCount=1, modifiers=modifiers)
        for point in points[1:]:
            self.mouse("mouseMoved", *point, button="left", buttons=1, modifiers=modifiers)
        self.mouse("mouseReleased", *points[-1], button="left", clickCount=1, modifiers=modifiers)

    def wheel(self, x, y, pixels):
        self.mouse("mouseWheel", x, y, deltaX=0, deltaY=pixels)

    def touch(self, *steps):
        """Fingers: each step is a list of places; they are lifted at the end."""
        for number, places in enumerate(steps):
            self.call("Input.dispatchTouchEvent", type="touchMove" if number else "touchStart",
                      touchPoints=[{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(places)])
        self.call("Input.dispatchTouchEvent", type="touchEnd", touchPoints=[])

    def key(self, key, modifiers=0):
        text = {"text": key} if len(key) == 1 else {"windowsVirtualKeyCode": KEYS[key]}
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, key=key, modifiers=modifiers,
                      **(text if kind == "keyDown" else {}))

    def type(self, text):
        self.call("Input.insertText", text=text)

    def place(self, selector):
        """The middle of an element."""
        return self.value(f"(() => {{ const b = document.querySelector({json.dumps(selector)}).getBoundingClientRect();"
                          "return [b.x + b.width / 2, b.y + b.height / 2]; })()")

    def press(self, selector, **more):
        self.click(*self.place(selector), **more)

    def screenshot(self, path=None):
        """PNG bytes of what the window shows."""
        data = base64.b64decode(self.call("Page.captureScreenshot", format="png")["data"])
        if path:
            pathlib.Path(path).write_bytes(data)
        return data

    def downloaded(self, name):
        """The bytes of a file that the page has saved, which is taken away."""
        path = self.downloads / name
        self.wait_for(lambda: path.exists() and not list(self.downloads.glob("*.crdownload")), what=f"no {name}")
        data = path.read_bytes()
        path.unlink()
        return data
