<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_balancer: what the balancer and the parent have, together, for the story is told by which of
# the two lines is below the other; the pressure; with --all-counters, how often and how much is moved.
require_once dirname(__FILE__) . '/hyperv.inc.php';

$ds_name = $opt = $def = array();
$items = hyperv_items($NAME, $RRDFILE, $DS);
$i = $items['available'][2];

$graph = new HypervGraph("$hostname: memory left for VMs", 'bytes',
    HypervGraph::LOGARITHMIC . ' --height 160');
$graph->mark($items['available']);
$graph->draw($items['available'], 'AREA', HypervGraph::SKY, 'balancer', HypervGraph::MEMORY);
foreach ($items as $label => $item) { # one for each NUMA node, where spanning is off
    if (preg_match('/^(.+)_available$/', $label, $node) && $label != 'parent_available') {
        $graph->draw($item, 'LINE1', HypervGraph::GREY, $node[1], HypervGraph::MEMORY);
    }
}
if (isset($items['parent_available'])) {
    $graph->draw($items['parent_available'], 'LINE2', HypervGraph::BLUE, 'parent',
        HypervGraph::MEMORY);
}
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), 'B');
$ds_name[1] = 'Memory';
$opt[1] = $graph->options();
$def[1] = $graph->words();

if (isset($items['pressure'])) {
    $i = $items['pressure'][2];
    $graph = new HypervGraph("$hostname: average pressure", 'percent');
    $graph->mark($items['pressure']);
    $graph->draw($items['pressure'], 'LINE2', HypervGraph::PURPLE, 'average pressure',
        HypervGraph::PERCENT);
    $graph->rule(100, HypervGraph::GREY, 'VMs have just what they want at', '%');
    $graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
        array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), '%');
    $ds_name[2] = 'Pressure';
    $opt[2] = $graph->options();
    $def[2] = $graph->words();
}

if (isset($items['add_operations'], $items['remove_operations'])) {
    $graph = new HypervGraph("$hostname: how often memory is moved", 'operations a second',
        HypervGraph::FROM_ZERO . ' --units-exponent 0');
    $graph->mark($items['add_operations']);
    $graph->draw($items['add_operations'], 'LINE2', HypervGraph::GREEN, 'added to VMs',
        HypervGraph::NUMBER);
    $graph->draw($items['remove_operations'], 'LINE2', HypervGraph::RED, 'removed from VMs',
        HypervGraph::NUMBER);
    $ds_name[3] = 'Operations';
    $opt[3] = $graph->options();
    $def[3] = $graph->words();
}

if (isset($items['added'], $items['removed'])) {
    $graph = new HypervGraph("$hostname: memory moved in all", 'bytes');
    $graph->mark($items['added']);
    $graph->draw($items['added'], 'LINE2', HypervGraph::GREEN, 'added to VMs', HypervGraph::MEMORY);
    $graph->draw($items['removed'], 'LINE2', HypervGraph::RED, 'removed from VMs',
        HypervGraph::MEMORY);
    $ds_name[4] = 'Moved';
    $opt[4] = $graph->options();
    $def[4] = $graph->words();
}
