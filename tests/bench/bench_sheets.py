#!/usr/bin/env python3
"""How many sheets of paper each record's summary takes, printed by Chromium.

    bench_sheets.py --build build --records DIR [--every N]

Prints, for A4 and Letter, the share of summaries that fit on two sheets, and
the longest ones.  --every takes each Nth record only."""

import argparse
import base64
import glob
import os
import shutil
import subprocess
import tempfile

from selenium import webdriver
from selenium.webdriver.chrome.service import Service

PAPERS = {"A4": (8.27, 11.69), "Letter": (8.5, 11)}  # inches
FIT = 2


def chromium():
    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    for word in ("--headless", "--no-sandbox", "--disable-gpu",
                 "--disable-dev-shm-usage"):
        options.add_argument(word)
    return webdriver.Chrome(service=Service(shutil.which("chromedriver")),
                            options=options)


def sheets(driver, path, paper):
    """The number of sheets that the file takes on the paper."""
    driver.get("file://" + path)
    pdf = driver.execute_cdp_cmd("Page.printToPDF", {
        "paperWidth": paper[0], "paperHeight": paper[1],
        "preferCSSPageSize": False})
    with tempfile.NamedTemporaryFile(suffix=".pdf") as file:
        file.write(base64.b64decode(pdf["data"]))
        file.flush()
        told = subprocess.run(["pdfinfo", file.name], capture_output=True,
                              text=True, check=True).stdout
    return int(told.split("Pages:")[1].split()[0])


def main():
    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0])
    parser.add_argument("--build", default="build")
    parser.add_argument("--records", required=True)
    parser.add_argument("--every", type=int, default=1)
    args = parser.parse_args()

    with tempfile.TemporaryDirectory() as out:
        records = sorted(glob.glob(os.path.join(args.records,
                                                "*.json")))[::args.every]
        subprocess.run([os.path.join(args.build, "trials"), "render", "--as",
                        "print", "--output", out, *records], check=True,
                       stdout=subprocess.DEVNULL)
        files = sorted(glob.glob(os.path.join(out, "*.print.html")))
        driver = chromium()
        try:
            for name, paper in PAPERS.items():
                counts = {os.path.basename(file).partition(".")[0]:
                          sheets(driver, file, paper) for file in files}
                fit = sum(count <= FIT for count in counts.values())
                longest = sorted(counts, key=counts.get)[-3:]
                print(f"{name}: {fit} of {len(counts)} summaries "
                      f"({100 * fit / len(counts):.1f} %) within {FIT} sheets; "
                      "longest " + ", ".join(
                          f"{one} {counts[one]}" for one in longest))
        finally:
            driver.quit()


if __name__ == "__main__":
    main()
