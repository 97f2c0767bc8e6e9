#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What check_hv_guest_memory does on Linux, as one would write it in Perl today: for tests/bench/run.
use strict;
use warnings;
use Monitoring::Plugin;

my $plugin = Monitoring::Plugin->new(
    usage     => 'Usage: %s [-w RANGE] [-c RANGE]',
    shortname => 'AVAILABLE',
);
$plugin->add_arg(spec => 'warning|w=s', help => 'WARNING outside this range, in MB', default => '64:');
$plugin->add_arg(spec => 'critical|c=s', help => 'CRITICAL outside this range, in MB', default => '32:');
$plugin->getopts;

open my $file, '<', '/proc/meminfo' or $plugin->plugin_exit(UNKNOWN, "/proc/meminfo: $!");
my ($available) = map { /^MemAvailable:\s+(\d+) kB/ ? $1 / 1024 : () } <$file>;
defined $available or $plugin->plugin_exit(UNKNOWN, 'no MemAvailable');

my $threshold = $plugin->set_thresholds(
    warning  => $plugin->opts->warning,
    critical => $plugin->opts->critical,
);
$plugin->add_perfdata(
    label     => 'available',
    value     => sprintf('%.0f', $available),
    uom       => 'MB',
    threshold => $threshold,
);
$plugin->plugin_exit($plugin->check_threshold($available), sprintf '%.0f MB available', $available);
