<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# Calls a graph template as PNP4Nagios 0.6 does (Data_Model::includeTemplate), and prints what it made
# as JSON: for each graph its name, its options and its words for rrdtool.
#
#   php pnp-call.php TEMPLATE <ITEMS
#
# ITEMS is JSON: the items of a service's XML file in their order, each with the tags that
# process_perfdata.pl writes (NAME, LABEL, UNIT, ACT, WARN, WARN_MIN, ... RRDFILE, DS), and macros.
#
# PNP makes of them, inside a method: for every tag an array that starts at 1 ($NAME[1], $DS[1] ...),
# for every macro a variable with NAGIOS_ before it, $hostname, $servicedesc, $rrdfile, $TIMERANGE; it
# throws away what the template prints, and refuses a template that leaves $def or $opt empty. Here any
# notice or warning of PHP is an error too.

error_reporting(E_ALL);
set_error_handler(function ($level, $message, $file, $line) {
    fwrite(STDERR, basename($file) . ":$line: $message\n");
    exit(1);
});

class Data_Model
{
    public $DS, $MACRO, $TIMERANGE;

    function __construct($call)
    {
        $this->DS = $call['items'];
        $this->MACRO = $call['macros'];
        $this->TIMERANGE = array('title' => '', 'start' => 0, 'end' => 0);
    }

    function includeTemplate($template_file)
    {
        $hostname = $this->MACRO['HOSTNAME'];
        $servicedesc = $this->MACRO['SERVICEDESC'];
        $TIMERANGE = $this->TIMERANGE;
        $def = false;
        $opt = false;
        $ds_name = false;
        foreach ($this->DS as $key => $val) {
            $key++;
            foreach (array_keys($val) as $tag) {
                ${$tag}[$key] = $val[$tag];
            }
        }
        foreach ($this->MACRO as $key => $val) {
            ${'NAGIOS_' . $key} = $val;
        }
        $rrdfile = $RRDFILE[1];
        ob_start();
        include $template_file;
        $printed = ob_get_clean();
        return array($def, $opt, $ds_name, $printed);
    }
}

$model = new Data_Model(json_decode(file_get_contents('php://stdin'), true));
list($def, $opt, $ds_name, $printed) = $model->includeTemplate($argv[1]);
if ($printed !== '' || !is_array($def) || !is_array($opt) || array_keys($def) !== array_keys($opt)) {
    fwrite(STDERR, "a template prints nothing, and makes \$def and \$opt alike\n");
    exit(1);
}
$graphs = array();
foreach ($def as $key => $words) {
    $graphs[] = array('name' => $ds_name[$key], 'options' => $opt[$key], 'words' => $words);
}
echo json_encode($graphs);
