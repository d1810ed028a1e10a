"""The command line: files, exit codes and messages of `territory-geo design`, on inputs of a few dozen units.

Most runs go through typer's runner; what needs a process of its own (signals) starts one.
"""

from __future__ import annotations

import csv
import json
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import Result as _Result  # noqa: F401
from typer.testing import CliRunner
