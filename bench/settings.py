"""The settings of an embedded installation, with the baseline's route beside the product's."""

from bss.settings.dev import *

ROOT_URLCONF = "bench.urls"
