<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_contention: what VMs want against what there is, what is missing, who moves, and what that
# leaves for the balancer and the parent.
require_once dirname(__FILE__) . '/hyperv.inc.php';

$ds_name = $opt = $def = array();
$items = hyperv_items($NAME, $RRDFILE, $DS);

$graph = new HypervGraph("$hostname: RAM wanted and there", 'bytes',
    HypervGraph::FROM_ZERO . ' --height 160');
$graph->mark($items['demand']);
$graph->draw($items['capacity'], 'AREA', HypervGraph::SKY, 'there for VMs', HypervGraph::MEMORY);
$graph->draw($items['demand'], 'LINE2', HypervGraph::RED, 'wanted by VMs', HypervGraph::MEMORY);
$ds_name[1] = 'Demand';
$opt[1] = $graph->options();
$def[1] = $graph->words();

$i = $items['shortage'][2];
$graph = new HypervGraph("$hostname: shortage", 'bytes');
$graph->mark($items['shortage']);
$graph->draw($items['shortage'], 'AREA', HypervGraph::PURPLE, 'shortage', HypervGraph::MEMORY);
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), 'B');
$ds_name[2] = 'Shortage';
$opt[2] = $graph->options();
$def[2] = $graph->words();

$graph = new HypervGraph("$hostname: VMs that give and take", 'VMs');
$graph->mark($items['giving']);
$graph->draw($items['giving'], 'LINE2', HypervGraph::ORANGE, 'lose RAM', HypervGraph::NUMBER);
$graph->draw($items['taking'], 'LINE2', HypervGraph::GREEN, 'gain RAM', HypervGraph::NUMBER);
if (isset($items['smart_paging'])) { # since Windows Server 2012
    $graph->draw($items['smart_paging'], 'LINE2', HypervGraph::RED, 'in smart paging', HypervGraph::NUMBER);
}
$ds_name[3] = 'Giving and taking';
$opt[3] = $graph->options();
$def[3] = $graph->words();

$graph = new HypervGraph("$hostname: memory left", 'bytes',
    HypervGraph::LOGARITHMIC . ' --height 160');
$graph->mark($items['available']);
$graph->draw($items['available'], 'AREA', HypervGraph::SKY, 'balancer', HypervGraph::MEMORY);
$graph->draw($items['parent_available'], 'LINE2', HypervGraph::BLUE, 'parent', HypervGraph::MEMORY);
$ds_name[4] = 'Left';
$opt[4] = $graph->options();
$def[4] = $graph->words();

$i = $items['page_reads'][2];
$graph = new HypervGraph("$hostname: page reads of the parent", 'reads a second');
$graph->mark($items['page_reads']);
$graph->draw($items['page_reads'], 'AREA', HypervGraph::PURPLE, 'page reads', HypervGraph::NUMBER);
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), 'a second');
$ds_name[5] = 'Page reads';
$opt[5] = $graph->options();
$def[5] = $graph->words();
