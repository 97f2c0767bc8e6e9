<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_guest_memory: what the guest has left.
require_once dirname(__FILE__) . '/hyperv.inc.php';

$ds_name = $opt = $def = array();
$items = hyperv_items($NAME, $RRDFILE, $DS);
$i = $items['available'][2];
$graph = new HypervGraph("$hostname: memory available in the guest", 'bytes',
    HypervGraph::LOGARITHMIC . ' --height 160');
$graph->mark($items['available']);
$graph->draw($items['available'], 'AREA', HypervGraph::GREEN, 'available', HypervGraph::MEMORY);
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), 'B');
$ds_name[1] = 'Available';
$opt[1] = $graph->options();
$def[1] = $graph->words();
