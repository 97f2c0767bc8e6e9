<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_vm_memory: all VMs on one another, the fullest of them, their pressures, how many there are, and each against its
# maximum. A service of one VM has no picture of all.
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
$few = count($vms) > 0 && count($vms) <= 16; # more than that nobody can tell apart
$one = count($vms) == 1 ? key($vms) : null;
$n = 1;

if ($one === null) {
    $graph = new HypervGraph("$hostname: RAM of all VMs", 'bytes',
        HypervGraph::FROM_ZERO . ' --height 160');
    $graph->mark($items['physical_total']);
    if ($few) {
        foreach (array_keys($vms) as $k => $vm) {
            $graph->draw($vms[$vm], 'AREA', $colors[$k % 8], $vm, HypervGraph::MEMORY,
                $k > 0 ? ':STACK' : '');
        }
    } else {
        $graph->draw($items['physical_total'], 'AREA', HypervGraph::SKY, 'all VMs',
            HypervGraph::MEMORY);
    }
    $ds_name[$n] = 'All VMs';
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}

$i = $items['worst'][2];
$graph = new HypervGraph($one === null ? "$hostname: the fullest VM" : "$hostname / $one: of its maximum",
    'percent');
$graph->mark($items['worst']);
$graph->draw($items['worst'], 'LINE2', HypervGraph::BLUE, $one === null ? 'fullest VM' : 'RAM',
    HypervGraph::PERCENT);
$graph->draw($items['worst_pressure'], 'LINE1', HypervGraph::PURPLE,
    $one === null ? 'highest pressure' : 'pressure', HypervGraph::PERCENT);
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), '%');
$ds_name[$n] = $one === null ? 'Fullest' : "$one, of its maximum";
$opt[$n] = $graph->options();
$def[$n++] = $graph->words();

if ($few && $one === null) {
    $graph = new HypervGraph("$hostname: pressure of all VMs", 'percent');
    $graph->mark($items['worst_pressure']);
    foreach (array_keys($vms) as $k => $vm) {
        if (isset($items["{$vm}_pressure"])) {
            $graph->draw($items["{$vm}_pressure"], 'LINE2', $colors[$k % 8], $vm, HypervGraph::PERCENT);
        }
    }
    $graph->rule(100, HypervGraph::GREY, 'a VM has just what it wants at', '%');
    $ds_name[$n] = 'Pressure';
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}

$guests = array(); # newer hosts see what is available in them
foreach (array_keys($vms) as $vm) {
    if (isset($items["{$vm}_guest_available"])) {
        $guests[$vm] = $items["{$vm}_guest_available"];
    }
}
if ($few && $one === null && count($guests) > 0) {
    $graph = new HypervGraph("$hostname: available in the guests", 'bytes',
        HypervGraph::LOGARITHMIC . ' --height 160');
    $graph->mark(reset($guests));
    foreach (array_keys($vms) as $k => $vm) {
        if (isset($guests[$vm])) {
            $graph->draw($guests[$vm], 'LINE2', $colors[$k % 8], $vm, HypervGraph::MEMORY);
        }
    }
    $ds_name[$n] = 'Guests';
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}

if ($one === null) {
    $graph = new HypervGraph("$hostname: VMs", 'VMs');
    $graph->mark($items['running']);
    $graph->draw($items['running'], 'AREA', HypervGraph::SKY, 'running', HypervGraph::NUMBER);
    foreach (array('dynamic' => HypervGraph::BLUE, 'stopped' => HypervGraph::GREY,
                   'critical' => HypervGraph::RED, 'warning' => HypervGraph::ORANGE,
                   'unknown' => HypervGraph::PURPLE) as $label => $color) {
        $graph->draw($items[$label], 'LINE2', $color, $label, HypervGraph::NUMBER);
    }
    if (isset($items['smart_paging'])) {
        $graph->draw($items['smart_paging'], 'LINE1', '#F0E442', 'smart paging', HypervGraph::NUMBER);
    }
    $ds_name[$n] = 'VMs';
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}

foreach ($vms as $vm => $item) {
    $i = $item[2];
    $graph = new HypervGraph("$hostname / $vm: RAM", 'bytes');
    $graph->mark($item);
    $graph->draw($item, 'AREA', HypervGraph::SKY, 'physical memory', HypervGraph::MEMORY);
    if (isset($items["{$vm}_guest_visible"])) { # never falls after ballooning
        $graph->draw($items["{$vm}_guest_visible"], 'LINE1', HypervGraph::BLUE, 'guest visible',
            HypervGraph::MEMORY);
    }
    if (isset($guests[$vm])) {
        $graph->draw($guests[$vm], 'LINE1', HypervGraph::GREEN, 'available in its guest',
            HypervGraph::MEMORY);
    }
    if (isset($items["{$vm}_pressure"])) {
        $graph->wanted($item, $items["{$vm}_pressure"]);
    }
    $graph->rule($MAX[$i], HypervGraph::GREY, 'maximum', 'B');
    $graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
        array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), 'B');
    $ds_name[$n] = $vm;
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}
