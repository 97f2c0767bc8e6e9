<?php
# SPDX-License-Identifier: GPL-3.0-or-later
#
# What the graph templates of monitoring-plugins-hyperv share. PNP4Nagios 0.6 includes a template with
# $NAME, $DS, $RRDFILE, $ACT, $UNIT, $WARN, $WARN_MIN, $WARN_MAX, $CRIT ..., $MAX: arrays from 1 on,
# one entry for each item of perfdata. For PHP 5.3 and later.

class HypervGraph
{
    const BLUE = '#0072B2', SKY = '#56B4E9', GREEN = '#009E73', ORANGE = '#E69F00',
          RED = '#D55E00', PURPLE = '#CC79A7', GREY = '#777777';
    const MEMORY = '%7.2lf %sB', PERCENT = '%6.1lf %%', NUMBER = '%7.2lf';

    private $words = '', $options, $count = 0;

    # Memory that ends in the last few MB is seen on a logarithmic scale alone.
    const LOGARITHMIC = '--logarithmic --units=si --lower-limit 1048576 --rigid',
          FROM_ZERO = '--lower-limit 0';

    function __construct($title, $unit, $scale = self::FROM_ZERO)
    {
        $this->options = '--title "' . self::plain($title) . "\" --vertical-label \"$unit\" "
            . '--slope-mode ' . ($unit == 'bytes' ? '--base 1024 ' : '') . $scale;
    }

    # What may stand between quotes; in what is drawn, a colon ends a text.
    static function plain($text)
    {
        return preg_replace('/["\\\\\x00-\x1f]/', '_', $text);
    }

    static function text($text)
    {
        return str_replace(':', '\:', self::plain($text));
    }

    # Read an item, [its file, its DS], as this variable; each of average, minimum and maximum.
    function read($item)
    {
        $name = 'v' . ++$this->count;
        foreach (array('' => 'AVERAGE', 'min' => 'MIN', 'max' => 'MAX') as $suffix => $cf) {
            $this->words .= "DEF:$name$suffix={$item[0]}:{$item[1]}:$cf ";
        }
        return $name;
    }

    # Draw it, "LINE2" or "AREA", with its last, lowest and highest value behind the name.
    function draw($item, $how, $color, $title, $format, $stack = '')
    {
        $name = $this->read($item);
        $this->words .= "$how:$name$color:\"" . sprintf('%-22s', self::text($title)) . "\"$stack ";
        foreach (array(array($name, 'LAST', 'now'), array("{$name}min", 'MIN', 'lowest'),
                       array("{$name}max", 'MAX', 'highest')) as $value) {
            $end = $value[2] == 'highest' ? '\l' : '';
            $this->words .= "GPRINT:{$value[0]}:{$value[1]}:\"$format {$value[2]}$end\" ";
        }
    }

    # A line at a fixed value, where there is one.
    function rule($value, $color, $title, $unit)
    {
        if (!is_numeric($value)) {
            return;
        }
        $shown = $unit == 'B' ? round($value / 1048576) . ' MB' : $value . ' ' . $unit;
        $this->words .= "HRULE:$value$color:\"" . self::text("$title $shown") . '" ';
    }

    # The thresholds of an item: PNP has a bare number as it is, and the two ends of a range.
    function thresholds($warning, $critical, $unit)
    {
        foreach ($warning as $value) {
            $this->rule($value, self::ORANGE, 'warning', $unit);
        }
        foreach ($critical as $value) {
            $this->rule($value, self::RED, 'critical', $unit);
        }
        $this->words .= 'COMMENT:"\l" ';
    }

    function options()
    {
        return $this->options;
    }

    function words()
    {
        return $this->words;
    }
}

# The items by label: [file, DS, index]. PNP writes blanks in labels as "_".
function hyperv_items($NAME, $RRDFILE, $DS)
{
    $items = array();
    foreach ($NAME as $i => $label) {
        $items[$label] = array($RRDFILE[$i], $DS[$i], $i);
    }
    return $items;
}
