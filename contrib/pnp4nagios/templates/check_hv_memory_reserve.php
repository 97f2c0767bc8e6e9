<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_memory_reserve: a step in it is somebody who changed the registry.
require_once dirname(__FILE__) . '/hyperv.inc.php';

$ds_name = $opt = $def = array();
$items = hyperv_items($NAME, $RRDFILE, $DS);
$i = $items['reserve'][2];
$graph = new HypervGraph("$hostname: MemoryReserve", 'bytes');
$graph->mark($items['reserve']);
$graph->draw($items['reserve'], 'AREA', HypervGraph::GREEN, 'MemoryReserve', HypervGraph::MEMORY);
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), 'B');
$ds_name[1] = 'MemoryReserve';
$opt[1] = $graph->options();
$def[1] = $graph->words();
