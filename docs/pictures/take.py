"""Take the README's pictures of the reading pages, of the demo's articles.

    make demo && python docs/pictures/take.py

Needs Chromium, chromedriver and the extras `web` and `checks`.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from selenium import webdriver

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
PICTURES = (
    # name, address, width, height, dark
    ("front", "/", 1000, 640, False),
    ("removed", "/article/{sanctions}?removed=1", 1000, 880, False),
    ("search-phone", "/search?q=border+OR+grenze", 390, 700, True),
)


def main() -> None:
    """Serve demo.db on a free port and write each picture beside this file."""
    command = [sys.executable, "-m", "copydesk", "serve", "--port", "0", "--db", "demo.db"]
    question = "select uid from news where title like 'Sanctions%'"
    find = [sys.executable, "-m", "copydesk", "query", question, "--csv", "--db", "demo.db"]
    uid = subprocess.run(find, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split()[1]
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) as server:
        assert server.stderr is not None
        address = re.search(r"http://[\d.:]+", server.stderr.readline())
        assert address is not None
        options = webdriver.ChromeOptions()
        options.add_argument("--headless=new")
        options.add_argument("--no-sandbox")
        options.add_argument("--hide-scrollbars")
        options.binary_location = shutil.which("chromium") or ""
        driver = webdriver.Chrome(options=options, service=webdriver.ChromeService(shutil.which("chromedriver")))
        for name, page, width, height, dark in PICTURES:
            metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
            driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
            scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
            driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme})
            driver.get(address.group() + page.format(sanctions=uid))
            driver.save_screenshot(str(HERE / f"{name}.png"))
        driver.quit()
        server.terminate()


if __name__ == "__main__":
    main()
