<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# check_hv_cluster: a graph for each item that it prints.
require_once dirname(__FILE__) . '/hyperv.inc.php';

$ds_name = $opt = $def = array();
$n = 1;
foreach (hyperv_items($NAME, $RRDFILE, $DS) as $label => $item) {
    list($file, $ds, $i) = $item;
    list($unit, $format, $short) = HypervGraph::unit($UNIT[$i]);
    $graph = new HypervGraph("$hostname: $label", $unit);
    $graph->mark($item);
    $graph->draw($item, 'LINE2', HypervGraph::BLUE, $label, $format);
    $graph->thresholds(array($WARN[$i], $WARN_MIN[$i], $WARN_MAX[$i]),
        array($CRIT[$i], $CRIT_MIN[$i], $CRIT_MAX[$i]), $short);
    $ds_name[$n] = $label;
    $opt[$n] = $graph->options();
    $def[$n++] = $graph->words();
}
