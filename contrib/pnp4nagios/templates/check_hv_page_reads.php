<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_page_reads: how often the parent reads memory back from disk.
require_once dirname(__FILE__) . '/hyperv.inc.php';

$ds_name = $opt = $def = array();
$items = hyperv_items($NAME, $RRDFILE, $DS);
$i = $items['page_reads'][2];
$graph = new HypervGraph("$hostname: page reads", 'reads a second');
$graph->mark($items['page_reads']);
$graph->draw($items['page_reads'], 'AREA', HypervGraph::PURPLE, 'page reads', HypervGraph::NUMBER);
$graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
    array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), 'a second');
$ds_name[1] = 'Page reads';
$opt[1] = $graph->options();
$def[1] = $graph->words();
