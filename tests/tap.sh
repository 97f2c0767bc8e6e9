# SPDX-License-Identifier: GPL-3.0-or-later
#
# TAP for a test that is written in shell, which reads this file: . "$top/tests/tap.sh"
tap_number=0 tap_failed=0

tap_result() { # STATUS TITLE LOG: what failed shows the end of its log
    tap_number=$((tap_number + 1))
    if [ "$1" = 0 ]; then
        echo "ok $tap_number - $2"
    else
        tap_failed=$((tap_failed + 1))
        echo "not ok $tap_number - $2"
        tail -n 40 "$3" | sed 's/^/# /'
    fi
}

# The plan. A program that tested nothing has failed.
tap_end() {
    echo "1..$tap_number"
    [ "$tap_failed" = 0 ] && [ "$tap_number" != 0 ]
}
