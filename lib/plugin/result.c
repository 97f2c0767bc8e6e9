/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "plugin/result.h"

#include <stdarg.h>
#include <string.h>

const char *state_name(enum state state)
{
    static const char *const names[] = {
        [STATE_OK] = "OK",
        [STATE_WARNING] = "WARNING",
        [STATE_CRITICAL] = "CRITICAL",
        [STATE_UNKNOWN] = "UNKNOWN",
    };
    return names[state];
}

enum state state_worse(enum state a, enum state b)
{
    static const int weight[] = {
        [STATE_OK] = 0,
        [STATE_UNKNOWN] = 1,
        [STATE_WARNING] = 2,
        [STATE_CRITICAL] = 3,
    };
    return weight[b] > weight[a] ? b : a;
}

enum state state_of(double value, const struct range *warning, const struct range *critical)
{
    if (range_alarms(critical, value))
        return STATE_CRITICAL;
    return range_alarms(warning, value) ? STATE_WARNING : STATE_OK;
}

void result_begin(struct result *result, struct arena *arena, const char *title)
{
    *result = (struct result){.arena = arena, .title = title, .root.text = ""};
    result->root.result = result;
}

struct finding *result_add(struct finding *parent, enum state state)
{
    struct result *result = parent->result;
    struct finding *child = ARENA_NEW(result->arena, struct finding);
    if (!child) { /* what is still said about it goes nowhere, and nothing looks there */
        child = &result->spare;
        *child = (struct finding){.result = result};
        return child;
    }
    *child = (struct finding){.result = result, .state = state, .text = ""};
    if (parent->last_child)
        parent->last_child->next = child;
    else
        parent->children = child;
    parent->last_child = child;
    return child;
}

void result_say(struct finding *finding, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    finding->text = arena_vformat(finding->result->arena, format, arguments);
    va_end(arguments);
}

void result_note(struct finding *parent, const char *format, ...)
{
    if (!parent->result->verbose)
        return;
    struct finding *note = result_add(parent, STATE_OK);
    note->note = true;
    va_list arguments;
    va_start(arguments, format);
    note->text = arena_vformat(note->result->arena, format, arguments);
    va_end(arguments);
}

void result_tell(struct finding *parent, const char *format, ...)
{
    struct finding *line = result_add(parent, STATE_OK);
    line->always = true;
    va_list arguments;
    va_start(arguments, format);
    line->text = arena_vformat(line->result->arena, format, arguments);
    va_end(arguments);
}

bool result_has_room(const struct result *result)
{
    return !result->room || result->least <= result->room;
}

void result_measure(struct finding *finding, struct perfdata perfdata)
{
    struct result *result = finding->result;
    if (finding != &result->root) {
        result->least += strlen(perfdata.label) + sizeof " ''=0" - 1;
        if (!result_has_room(result))
            return;
    }
    struct measure *measure = ARENA_NEW(result->arena, struct measure);
    if (!measure)
        return;
    measure->perfdata = perfdata;
    if (finding->last_measure)
        finding->last_measure->next = measure;
    else
        finding->measures = measure;
    finding->last_measure = measure;
}

enum state result_state(const struct finding *finding)
{
    enum state state = finding->state;
    for (const struct finding *child = finding->children; child; child = child->next)
        state = state_worse(state, result_state(child));
    return state;
}

unsigned result_count(const struct finding *finding, enum state state)
{
    unsigned count = 0;
    for (const struct finding *child = finding->children; child; child = child->next)
        count += child->state == state;
    return count;
}
