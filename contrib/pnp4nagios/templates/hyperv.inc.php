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

    # Memory that ends in the last few MB is seen on a logarithmic scale alone. Such a scale has no 0: what
    # is below its second MB is drawn there, and the time in which it is below the first is marked.
    const FLOOR = 1048576,
          LOGARITHMIC = '--logarithmic --units=si --lower-limit 1048576 --rigid',
          FROM_ZERO = '--lower-limit 0';

    private $words = '', $options, $count = 0, $first = null, $notes = '', $logarithmic;

    function __construct($title, $unit, $scale = self::FROM_ZERO)
    {
        $this->options = '--title "' . self::plain($title) . "\" --vertical-label \"$unit\" "
            . '--slope-mode ' . ($unit == 'bytes' ? '--base 1024 ' : '') . $scale;
        $this->logarithmic = strpos($scale, self::LOGARITHMIC) === 0;
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

    # Of an item's unit, as PNP has it: the axis, the format of a value, and what stands behind a threshold.
    static function unit($unit)
    {
        if ($unit == 'B') {
            return array('bytes', self::MEMORY, 'B');
        }
        return $unit == '' || $unit == 'c' ? array('number', self::NUMBER, '') : array('percent', self::PERCENT, '%');
    }

    # Read an item, [its file, its DS], as this variable; each of average, minimum and maximum.
    function read($item)
    {
        $name = 'v' . ++$this->count;
        foreach (array('' => 'AVERAGE', 'min' => 'MIN', 'max' => 'MAX') as $suffix => $cf) {
            $this->words .= "DEF:$name$suffix={$item[0]}:{$item[1]}:$cf ";
        }
        $this->first = $this->first === null ? $name : $this->first;
        return $name;
    }

    # Mark the time in which this item has no value, so that none is taken for 0; and, where 0 is below
    # the scale, the time in which it is 0. Comes before what is drawn over it.
    function mark($item)
    {
        $name = $this->read($item);
        $this->shade("$name,UN", '#DDDDDD', 'not known');
        if ($this->logarithmic) {
            $this->shade("$name," . self::FLOOR . ',LT', '#D55E0055', 'nothing left');
        }
    }

    private function shade($condition, $color, $title)
    {
        $name = 'v' . ++$this->count;
        $this->words .= "CDEF:$name=$condition,INF,UNKN,IF AREA:$name$color ";
        $this->notes .= "CDEF:{$name}no={$this->first},UNKN,EXC,POP AREA:{$name}no$color:\"$title\" ";
    }

    # Draw it, "LINE2" or "AREA", with its last, lowest and highest value behind the name.
    function draw($item, $how, $color, $title, $format, $stack = '')
    {
        $name = $this->read($item);
        $shown = $name;
        if ($this->logarithmic) {
            $shown = "{$name}shown";
            $this->words .= "CDEF:$shown=$name," . 2 * self::FLOOR . ',MAX ';
        }
        $this->words .= "$how:$shown$color:\"" . sprintf('%-22s', self::text($title)) . "\"$stack ";
        $this->values($name, $format);
    }

    # The last, lowest and highest value of what was read as this variable.
    function values($name, $format)
    {
        foreach (array(array($name, 'LAST', 'now'), array("{$name}min", 'MIN', 'lowest'),
                       array("{$name}max", 'MAX', 'highest')) as $value) {
            $end = $value[2] == 'highest' ? '\l' : '';
            $this->words .= "GPRINT:{$value[0]}:{$value[1]}:\"$format {$value[2]}$end\" ";
        }
    }

    # What a VM wants: what it holds times its pressure, in the unit of the picture; the numbers are the
    # pressure's.
    function wanted($physical, $pressure)
    {
        $held = $this->read($physical);
        $name = $this->read($pressure);
        $this->words .= "CDEF:{$name}wanted=$held,$name,*,100,/ LINE2:{$name}wanted" . self::PURPLE . ':"'
            . sprintf('%-22s', 'wanted; pressure') . '" ';
        $this->values($name, self::PERCENT);
    }

    # A line at a fixed value, where there is one. It is drawn as a value is, so that the picture is high
    # enough for it: an HRULE outside of it would not be drawn.
    function rule($value, $color, $title, $unit)
    {
        if (!is_numeric($value)) {
            return;
        }
        $shown = $unit == 'B' ? round($value / 1048576) . ' MB' : trim("$value $unit");
        $name = 'v' . ++$this->count;
        $this->words .= "CDEF:$name={$this->first},$value,EXC,POP LINE1:$name$color:\""
            . self::text("$title $shown") . '":dashes=6,3 ';
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
    }

    function options()
    {
        return $this->options;
    }

    function words()
    {
        return $this->words . $this->notes . 'COMMENT:"\l" ';
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
