# SPDX-License-Identifier: GPL-3.0-or-later

# What keeps the house in order: who may include whom, who may print, and what users were promised.
TESTS += tests/house/house.py
EXTRA_DIST += tests/house/house.py
