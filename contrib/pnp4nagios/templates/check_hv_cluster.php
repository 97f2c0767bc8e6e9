<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_cluster: after the worst failure, what must start against what is free for it; which VMs stay down, and what
# the others lack then; the nodes, and what each has free.
require_once dirname(__FILE__) . '/hyperv.inc.php';

$ds_name = $opt = $def = array();
$items = hyperv_items($NAME, $RRDFILE, $DS);
$colors = array(HypervGraph::BLUE, HypervGraph::ORANGE, HypervGraph::GREEN, HypervGraph::PURPLE,
    HypervGraph::SKY, HypervGraph::RED, '#F0E442', HypervGraph::GREY);
$n = 1;

$graph = new HypervGraph("$hostname: if the worst node fails", 'bytes', HypervGraph::FROM_ZERO . ' --height 160');
$graph->mark($items['must_start']);
$graph->draw($items['free'], 'AREA', HypervGraph::SKY, 'free on the others', HypervGraph::MEMORY);
$graph->draw($items['must_start'], 'LINE2', HypervGraph::RED, 'must start', HypervGraph::MEMORY);
$graph->draw($items['largest_block'], 'LINE2', HypervGraph::BLUE, 'largest free place', HypervGraph::MEMORY);
$graph->draw($items['wanted'], 'LINE1', HypervGraph::PURPLE, 'wanted once they run', HypervGraph::MEMORY);
$ds_name[$n] = 'Failure';
$opt[$n] = $graph->options();
$def[$n++] = $graph->words();

$i = $items['without_place'][2];
$graph = new HypervGraph("$hostname: VMs without a place", 'VMs');
$graph->mark($items['without_place']);
$graph->draw($items['without_place'], 'AREA', HypervGraph::RED, 'without a place', HypervGraph::NUMBER);
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), '');
$ds_name[$n] = 'Without a place';
$opt[$n] = $graph->options();
$def[$n++] = $graph->words();

$i = $items['lacking'][2];
$graph = new HypervGraph("$hostname: left, and lacking", 'bytes', '');
$graph->mark($items['left']);
$graph->draw($items['left'], 'LINE2', HypervGraph::GREEN, 'left behind what starts', HypervGraph::MEMORY);
$graph->draw($items['lacking'], 'AREA', HypervGraph::PURPLE, 'VMs lack then', HypervGraph::MEMORY);
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), 'B');
$graph->rule(0, HypervGraph::GREY, 'nothing is left at', 'B');
$ds_name[$n] = 'Left';
$opt[$n] = $graph->options();
$def[$n++] = $graph->words();

$graph = new HypervGraph("$hostname: nodes and VMs", 'number');
$graph->mark($items['nodes']);
$graph->draw($items['vms'], 'AREA', HypervGraph::SKY, 'clustered VMs', HypervGraph::NUMBER);
$graph->draw($items['nodes'], 'LINE2', HypervGraph::BLUE, 'nodes', HypervGraph::NUMBER);
$graph->draw($items['nodes_missing'], 'LINE2', HypervGraph::RED, 'nodes not counted on', HypervGraph::NUMBER);
$graph->draw($items['unknown'], 'LINE2', HypervGraph::PURPLE, 'VMs not judged', HypervGraph::NUMBER);
$ds_name[$n] = 'Nodes';
$opt[$n] = $graph->options();
$def[$n++] = $graph->words();

# Of each node.
foreach (array('free' => array('free on each node', 'bytes', HypervGraph::MEMORY),
               'without_place' => array('VMs without a place if this node fails', 'VMs', HypervGraph::NUMBER)) as
         $what => $words) {
    $nodes = array();
    foreach ($items as $label => $item) {
        if (preg_match("/^(.+)_$what\$/", $label, $node)) {
            $nodes[$node[1]] = $item;
        }
    }
    if (!$nodes) {
        continue;
    }
    $graph = new HypervGraph("$hostname: $words[0]", $words[1]);
    $graph->mark(reset($nodes));
    foreach (array_keys($nodes) as $k => $node) {
        $graph->draw($nodes[$node], 'LINE2', $colors[$k % 8], $node, $words[2]);
    }
    $ds_name[$n] = $words[0];
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}
