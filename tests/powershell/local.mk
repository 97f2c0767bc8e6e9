# SPDX-License-Identifier: GPL-3.0-or-later

# The script for Windows hosts that run no programs of others. `./bootstrap check` alone plays it, as it takes
# node and two packages of the npm registry.
EXTRA_DIST += tests/powershell/fetch.py tests/powershell/interpreter.py tests/powershell/parse.cjs \
	tests/powershell/run tests/powershell/windows.py
