<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_vm_memory: all VMs on one another, the fullest of them, and each against its maximum.
require_once dirname(__FILE__) . '/hyperv.inc.php';

$ds_name = $opt = $def = array();
$items = hyperv_items($NAME, $RRDFILE, $DS);
$colors = array(HypervGraph::BLUE, HypervGraph::ORANGE, HypervGraph::GREEN, HypervGraph::PURPLE,
    HypervGraph::SKY, HypervGraph::RED, '#F0E442', HypervGraph::GREY);
$vms = array();
foreach ($items as $label => $item) {
    if (preg_match('/^(.+)_physical$/', $label, $vm)) {
        $vms[$vm[1]] = $item;
    }
}

$graph = new HypervGraph("$hostname: RAM of all VMs", 'bytes',
    HypervGraph::FROM_ZERO . ' --height 160');
if (count($vms) > 0 && count($vms) <= 16) { # more than that nobody can tell apart
    $n = 0;
    foreach ($vms as $vm => $item) {
        $graph->draw($item, 'AREA', $colors[$n % 8], $vm, HypervGraph::MEMORY,
            $n > 0 ? ':STACK' : '');
        $n++;
    }
} else {
    $graph->draw($items['physical_total'], 'AREA', HypervGraph::SKY, 'all VMs',
        HypervGraph::MEMORY);
}
$ds_name[1] = 'All VMs';
$opt[1] = $graph->options();
$def[1] = $graph->words();

$i = $items['worst'][2];
$graph = new HypervGraph("$hostname: the fullest VM", 'percent');
$graph->draw($items['worst'], 'LINE2', HypervGraph::BLUE, 'fullest VM', HypervGraph::PERCENT);
$graph->draw($items['worst_pressure'], 'LINE1', HypervGraph::PURPLE, 'highest pressure',
    HypervGraph::PERCENT);
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), '%');
$ds_name[2] = 'Fullest';
$opt[2] = $graph->options();
$def[2] = $graph->words();

$n = 3;
foreach ($vms as $vm => $item) {
    $i = $item[2];
    $room = is_numeric($MAX[$i]) ? ' --upper-limit ' . round($MAX[$i] * 1.1) : '';
    $graph = new HypervGraph("$hostname / $vm: RAM", 'bytes', HypervGraph::FROM_ZERO . $room);
    $graph->draw($item, 'AREA', HypervGraph::SKY, 'physical memory', HypervGraph::MEMORY);
    if (isset($items["{$vm}_guest_visible"])) { # never falls after ballooning
        $graph->draw($items["{$vm}_guest_visible"], 'LINE1', HypervGraph::BLUE, 'guest visible',
            HypervGraph::MEMORY);
    }
    $graph->rule($MAX[$i], HypervGraph::GREY, 'maximum', 'B');
    $graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
        array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), 'B');
    $ds_name[$n] = $vm;
    $opt[$n] = $graph->options();
    $def[$n] = $graph->words();
    $n++;
}
