"""What Dagster needs to know: partitions, jobs, schedules, sensors, and where stages keep their results.

Nothing here knows emergency medicine, and no room imports this one but through its `assets.py`.
"""

import warnings

from dagster import BetaWarning

# The versions are locked, so what Dagster may change in a later one is no news at run time.
warnings.filterwarnings("ignore", category=BetaWarning)
