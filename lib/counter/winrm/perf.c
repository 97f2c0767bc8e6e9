/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "counter/winrm/perf.h"

#include "counter/winrm/fault.h"
#include "counter/winrm/wsman.h"
#include "plugin/name.h"
#include "plugin/text.h"

#include <string.h>

static const char namespace[] = "root\\cimv2";

/* Of the raw classes: the name of an instance, and what a rate is counted against. */
static const char instance_name[] = "Name", ticks_name[] = "Timestamp_PerfTime",
                  frequency_name[] = "Frequency_PerfTime";

/* ---- names ---- */

static void add_squeezed(struct text *out, const char *name)
{
    for (; *name; name++) {
        bool letter = (*name >= 'a' && *name <= 'z') || (*name >= 'A' && *name <= 'Z') ||
                      (*name >= '0' && *name <= '9');
        if (letter)
            text_add(out, name, 1);
        else if (*name == '/')
            text_puts(out, "Per");
        else if (*name == '%')
            text_puts(out, "Percent");
    }
}

const char *perf_property(const char *counter, struct arena *arena)
{
    struct text name = {0};
    add_squeezed(&name, counter);
    const char *kept = name.failed ? NULL : arena_text(arena, name.bytes, name.length);
    text_free(&name);
    return kept;
}

static const char *class_of(const struct object_class *classes, const char *object)
{
    for (; classes && classes->object; classes++)
        if (!strcmp(classes->object, object))
            return classes->class_name;
    return NULL;
}

/* ---- one object ---- */

struct object {
    struct session *session;
    struct arena *arena;
    const char *class_name;
    struct counter *counters; /* all that were asked for */
    size_t count;
    const char *name;        /* of the object: those of it are meant */
    const char **properties; /* one for each counter */
    bool *there;             /* for each counter: some row had the property */
    size_t *room;            /* for each counter: of its samples */
    bool *left_out;          /* for each counter: the host refuses a query that names it */
    size_t rows;
};

static bool is_of(const struct object *object, size_t i)
{
    return !strcmp(object->counters[i].object, object->name);
}

static bool parse_whole(const char *text, uint64_t *ret)
{
    return soap_whole(text, UINT64_MAX, ret);
}

/* The class has it in 32 bits, as Windows counts it; a larger number tells that this one does not.
 */
static void take_rate(struct object *object, struct counter *counter, const char *text,
                      const struct soap_row *row)
{
    bool there;
    struct raw_rate raw = {.bits = 32};
    if (!text) {
        counter->reading = READ_NO_SAMPLE;
        counter->problem = arena_format(object->arena, "%s of %s has no value at this moment",
                                        counter->name, object->class_name);
        return;
    }
    if (!parse_whole(text, &raw.count) ||
        !parse_whole(soap_cell(row, ticks_name, &there), &raw.ticks) ||
        !parse_whole(soap_cell(row, frequency_name, &there), &raw.frequency) || !raw.frequency) {
        counter->reading = READ_INVALID;
        counter->problem =
            arena_format(object->arena, "%s has no raw value of a rate", object->class_name);
        return;
    }
    if (raw.count > UINT32_MAX)
        raw.bits = 64;
    counter->is_raw = true;
    counter->raw = raw;
}

static bool take_sample(struct object *object, size_t i, const char *instance, const char *text,
                        struct error *err)
{
    uint64_t value = 0;
    bool present = parse_whole(text, &value);
    struct counter *counter = &object->counters[i];
    struct sample *samples = arena_grow(object->arena, counter->samples, counter->count,
                                        &object->room[i], sizeof *samples);
    if (!samples)
        return error_memory(err);
    counter->samples = samples;
    samples[counter->count++] =
        (struct sample){.instance = instance, .value = (double)value, .present = present};
    return true;
}

static bool take_row(void *context, const struct soap_row *row, struct error *err)
{
    struct object *object = context;
    bool there;
    const char *name = soap_cell(row, instance_name, &there);
    const char *instance = arena_text(object->arena, name ? name : "", name ? strlen(name) : 0);
    if (!instance)
        return error_memory(err);
    object->rows++;
    for (size_t i = 0; i < object->count; i++) {
        struct counter *counter = &object->counters[i];
        if (!is_of(object, i))
            continue;
        const char *text = soap_cell(row, object->properties[i], &there);
        object->there[i] = object->there[i] || there;
        if (!there || (!counter->instances && object->rows > 1))
            continue;
        if (counter->rate)
            take_rate(object, counter, text, row);
        else if (!take_sample(object, i, counter->instances ? instance : "", text, err))
            return false;
    }
    return true;
}

/* ---- asking ---- */

static void add_property(struct text *wql, const char *name)
{
    bool first = wql->length == strlen("SELECT ");
    text_printf(wql, "%s%s", first ? "" : ", ", name);
}

static const char *select_text(const struct object *object, bool all)
{
    struct text wql = {0};
    bool rate = false, instances = false;
    text_puts(&wql, "SELECT ");
    for (size_t i = 0; i < object->count && !all; i++)
        if (is_of(object, i) && !object->left_out[i]) {
            add_property(&wql, object->properties[i]);
            rate = rate || object->counters[i].rate;
            instances = instances || object->counters[i].instances;
        }
    if (instances)
        add_property(&wql, instance_name);
    if (rate) {
        add_property(&wql, ticks_name);
        add_property(&wql, frequency_name);
    }
    text_printf(&wql, "%s FROM %s", all ? "*" : "", object->class_name);
    const char *text = wql.failed ? NULL : arena_text(object->arena, wql.bytes, wql.length);
    text_free(&wql);
    return text;
}

static bool enumerate(struct object *object, bool all, struct soap_fault *ret_fault,
                      struct error *err)
{
    const struct wsman_query query = {
        .namespace = namespace,
        .wql = select_text(object, all),
        .what = arena_format(object->arena, "%s: %s", namespace, object->class_name)};
    size_t rows;
    *ret_fault = (struct soap_fault){.text = ""};
    if (!query.wql)
        return error_memory(err);
    return wsman_enumerate(object->session, &query, take_row, object, &rows, ret_fault, err);
}

/* ---- a class of another name ---- */

/* What a class is called behind its provider: "Win32_PerfRawData_<provider>_<object>". */
struct search {
    const char *tail; /* "_HyperVDynamicMemoryVM" */
    struct arena *arena;
    const char *found;
};

static bool take_class(void *context, const struct soap_row *row, struct error *err)
{
    struct search *search = context;
    size_t length = strlen(row->name), tail = strlen(search->tail);
    if (search->found || length <= tail || strcmp(row->name + length - tail, search->tail) != 0)
        return true;
    search->found = arena_text(search->arena, row->name, length);
    return search->found || error_memory(err);
}

/* Windows before 2012 may have its counters under another provider. */
static bool search_class(struct object *object, struct error *err)
{
    struct text tail = {0};
    struct soap_fault fault = {.text = ""};
    size_t rows;
    const struct wsman_query query = {
        .namespace = namespace,
        .wql = "SELECT * FROM meta_class WHERE __this ISA \"Win32_PerfRawData\"",
        .what = "root\\cimv2: meta_class"};
    text_puts(&tail, "_");
    add_squeezed(&tail, object->name);
    struct search search = {.tail = tail.bytes, .arena = object->arena};
    bool searched = !tail.failed ? wsman_enumerate(object->session, &query, take_class, &search,
                                                   &rows, &fault, err)
                                 : error_memory(err);
    text_free(&tail);
    /* Where the host answers no such question, the first answer stands. */
    if (!searched && !fault.has_code)
        return false;
    if (search.found && strcmp(search.found, object->class_name) != 0)
        object->class_name = search.found;
    else
        object->class_name = NULL;
    return true;
}

/* ---- what became of it ---- */

static bool fail_object(struct object *object, const struct error *why, struct error *err)
{
    for (size_t i = 0; i < object->count; i++) {
        struct counter *counter = &object->counters[i];
        if (!is_of(object, i))
            continue;
        counter->reading = (enum read_status)why->code;
        counter->problem = arena_text(object->arena, why->text, strlen(why->text));
        counter->samples = NULL;
        counter->count = 0;
        if (!counter->problem)
            return error_memory(err);
    }
    return true;
}

static bool no_class(struct object *object, const struct error *first, struct error *err)
{
    struct error why = *first;
    why.code = READ_NO_OBJECT;
    error_prefix(&why, "no class of this object, by any name; if Windows itself has the counters, "
                       "winmgmt /resyncperf there brings it: ");
    return fail_object(object, &why, err);
}

/* Instances of one name are told apart by their order. Counters of an object list their instances
 * in one order, so the numbers agree between them. */
static bool number_namesakes(struct counter *counter, struct arena *arena, struct error *err)
{
    struct name_index first;
    unsigned *repeats = arena_array(arena, counter->count, sizeof *repeats);
    if (!repeats || !name_index_make(&first, counter->count, arena, err))
        return error_memory(err);
    for (size_t i = 0; i < counter->count; i++) {
        uint32_t of = name_index_add(&first, counter->samples[i].instance, (uint32_t)i);
        if (of != i)
            counter->samples[i].ordinal = ++repeats[of];
    }
    return true;
}

static bool conclude_counter(struct object *object, size_t i, struct error *err)
{
    struct counter *counter = &object->counters[i];
    if (counter->reading != READ_OK)
        return true;
    if (!object->rows && counter->instances)
        return true; /* of all instances there is none */
    if (!object->rows) {
        counter->reading = READ_NO_SAMPLE;
        counter->problem = arena_format(object->arena,
                                        "%s has no row: is the account in Performance Monitor "
                                        "Users?",
                                        object->class_name);
    } else if (!object->there[i]) {
        counter->reading = READ_NO_COUNTER;
        counter->problem = arena_format(object->arena, "%s has no property %s", object->class_name,
                                        object->properties[i]);
    } else {
        if (!counter->rate && !counter->instances && !counter->samples[0].present)
            counter->reading = READ_NO_SAMPLE;
        if (counter->reading == READ_OK)
            return !counter->instances || number_namesakes(counter, object->arena, err);
        counter->problem = arena_format(object->arena, "%s of %s has no value at this moment",
                                        counter->name, object->class_name);
    }
    counter->samples = NULL;
    counter->count = 0;
    return true;
}

/* Of the counters that are newer than their object, the last one that is still asked for. */
static bool leave_out_newest(struct object *object)
{
    for (size_t i = object->count; i > 0; i--)
        if (is_of(object, i - 1) && object->counters[i - 1].newer && !object->left_out[i - 1])
            return object->left_out[i - 1] = true;
    return false;
}

/* Some properties first: what an older Windows lacks makes the whole query fail. It is asked again
 * without what is known to be newer, one after the other: that costs a short question each, where
 * all properties of hundreds of VMs are a long answer. Then all are asked for. A class that is not
 * there is looked for by its object's name. */
static bool ask_object(struct object *object, struct error *err)
{
    struct soap_fault fault;
    if (!object->class_name) {
        struct error why;
        error_set_code(&why, READ_UNSUPPORTED, "no class of WMI is known for this object");
        return fail_object(object, &why, err);
    }
    bool asked = enumerate(object, false, &fault, err);
    while (!asked && !object->rows && fault_is_about_properties(&fault) && leave_out_newest(object))
        asked = enumerate(object, false, &fault, err);
    if (!asked && !object->rows && fault_is_about_properties(&fault))
        asked = enumerate(object, true, &fault, err);
    if (!asked && !object->rows && fault_is_about_class(&fault)) {
        struct error first = *err;
        if (!search_class(object, err))
            return false;
        if (!object->class_name)
            return no_class(object, &first, err);
        asked = enumerate(object, true, &fault, err);
    }
    if (asked) {
        for (size_t i = 0; i < object->count; i++)
            if (is_of(object, i) && !conclude_counter(object, i, err))
                return false;
        return true;
    }
    /* What the host refuses is an answer about this object; what the road refuses is about all. */
    struct error why = *err;
    return fault.has_code && why.code != READ_FAILED && fail_object(object, &why, err);
}

bool perf_counters(struct session *session, const struct object_class *classes,
                   struct counter *counters, size_t count, struct arena *arena, struct error *err)
{
    struct object object = {
        .session = session, .arena = arena, .counters = counters, .count = count};
    object.properties = arena_array(arena, count, sizeof *object.properties);
    object.there = arena_array(arena, count, sizeof *object.there);
    object.room = arena_array(arena, count, sizeof *object.room);
    object.left_out = arena_array(arena, count, sizeof *object.left_out);
    if (!object.properties || !object.there || !object.room || !object.left_out)
        return error_memory(err);
    for (size_t i = 0; i < count; i++)
        if (!(object.properties[i] = perf_property(counters[i].name, arena)))
            return error_memory(err);
    for (size_t i = 0; i < count; i++) {
        size_t first = 0;
        while (strcmp(counters[first].object, counters[i].object) != 0)
            first++;
        if (first < i)
            continue; /* asked with the first of its object */
        object.name = counters[i].object;
        object.class_name = class_of(classes, object.name);
        object.rows = 0;
        if (!ask_object(&object, err))
            return false;
    }
    return true;
}
