# SPDX-License-Identifier: GPL-3.0-or-later

# What keeps the house in order: who may include whom, who may print, and what users were promised.
if RUNNABLE
TESTS += tests/house/house.py
endif
EXTRA_DIST += tests/house/house.py
