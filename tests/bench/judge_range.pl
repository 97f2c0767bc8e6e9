#!/usr/bin/perl
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What judge_range.c does, by Monitoring::Plugin.
use strict;
use warnings;
use Monitoring::Plugin::Range;
use Monitoring::Plugin::Threshold;

local $SIG{__WARN__} = sub { };    # it carps about what it refuses
my @names = qw(OK WARNING CRITICAL UNKNOWN);
my (%ranges, %thresholds);

while (my $line = <STDIN>) {
    chomp $line;
    my @fields = split /\t/, $line, -1;
    my $value = pop @fields;
    if (@fields == 1) {
        my ($text) = @fields;
        $ranges{$text} //= Monitoring::Plugin::Range->parse_range_string($text) // 'refused';
        my $range = $ranges{$text};
        print ref $range ? ($range->check_range($value) ? "alarm\n" : "ok\n") : "refused\n";
    } else {
        my ($warning, $critical) = @fields;
        my $threshold = $thresholds{"$warning\t$critical"} //=
            Monitoring::Plugin::Threshold->set_thresholds(
                warning => $warning, critical => $critical);
        print $names[$threshold->get_status($value)], "\n";
    }
}
