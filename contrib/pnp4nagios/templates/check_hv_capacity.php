<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_capacity: where the host's RAM is, what may be wanted next, how many VMs can still start, and how many days are left.
require_once dirname(__FILE__) . '/hyperv.inc.php';

$ds_name = $opt = $def = array();
$items = hyperv_items($NAME, $RRDFILE, $DS);
$n = 1;

if (isset($items['assigned'], $items['available'])) {
    $graph = new HypervGraph("$hostname: RAM for VMs", 'bytes',
        HypervGraph::FROM_ZERO . ' --height 160');
    $graph->mark($items['available']);
    $graph->draw($items['assigned'], 'AREA', HypervGraph::BLUE, 'VMs hold', HypervGraph::MEMORY);
    $graph->draw($items['available'], 'AREA', HypervGraph::SKY, 'available',
        HypervGraph::MEMORY, ':STACK');
    $ds_name[$n] = 'RAM';
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}

if (isset($items['available'], $items['growth'], $items['startup'])) {
    $graph = new HypervGraph("$hostname: available, and what may be wanted next", 'bytes');
    $graph->mark($items['available']);
    $graph->draw($items['available'], 'AREA', HypervGraph::SKY, 'available', HypervGraph::MEMORY);
    $graph->draw($items['growth'], 'LINE2', HypervGraph::RED, 'one VM may grow by',
        HypervGraph::MEMORY);
    $graph->draw($items['startup'], 'LINE2', HypervGraph::GREEN, 'to start one more',
        HypervGraph::MEMORY);
    $ds_name[$n] = 'Next';
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}

# What has a graph of its own, where it is there: its unit, its format.
$singles = array(
    'fits' => array('VMs that can still start', 'VMs', HypervGraph::NUMBER, ''),
    'overcommitment' => array('overcommitment', 'percent', HypervGraph::PERCENT, '%'),
    'left' => array('left if another host fails', 'bytes', HypervGraph::MEMORY, 'B'),
    'days' => array('days until it runs out', 'days', HypervGraph::NUMBER, 'days'),
);
foreach ($singles as $label => $single) {
    if (!isset($items[$label])) {
        continue;
    }
    list($title, $unit, $format, $short) = $single;
    $i = $items[$label][2];
    $graph = new HypervGraph("$hostname: $title", $unit);
    $graph->mark($items[$label]);
    $graph->draw($items[$label], 'LINE2', HypervGraph::BLUE, $label, $format);
    $graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
        array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), $short);
    $ds_name[$n] = $title;
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}
