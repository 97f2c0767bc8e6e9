/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/nodes.h"

#include "counter/record/writer.h"
#include "platform/parallel.h"
#include "platform/platform.h"
#include "plugin/name.h"
#include "plugin/scan.h"
#include "plugin/show.h"

#include <string.h>

/* All that is needed to ask one of them, in whatever process. */
struct asking {
    const struct common_options *common;
    const struct node_options *options;
    const struct node_list *list;
    const size_t *items; /* which of the list */
};

/* What was read of a node that can't be judged is just what a support case needs. */
static void write_record(const char *directory, struct source *source, struct node *node,
                         struct arena *arena)
{
    struct error why;
    const char *below = arena_format(arena, "%s/%s", directory, node->name);
    if (!directory_make(directory, &why) || !record_writer_write(source, below, &why))
        node->unwritten = arena_format(arena, "no record was written: %s", why.text);
}

static bool read_node(const struct asking *asking, struct node *node, struct arena *arena,
                      struct error *err)
{
    struct source_options options = check_source_options(asking->common);
    struct source *source;
    if (!source_open(node->spec, &options, arena, &source, err)) {
        node->refused = true;
        return false;
    }
    const char *record = asking->common->record;
    if (record && !record_writer_open(source, arena, &source, err)) {
        source_close(source);
        return false;
    }
    bool read = node_read(source, asking->options, arena, node, err);
    if (record)
        write_record(record, source, node, arena);
    source_close(source);
    return read;
}

static void ask(void *context, size_t item, struct text *out)
{
    const struct asking *asking = context;
    const struct listed_node *listed = &asking->list->items[asking->items[item]];
    struct arena arena = {0};
    struct error err = {0};
    struct node node = {.name = listed->name, .spec = listed->spec, .host = ""};
    if (!read_node(asking, &node, &arena, &err)) {
        node = (struct node){
            .host = "", .problem = err.text, .unwritten = node.unwritten, .refused = node.refused};
    }
    if (arena.failed || (node.problem && error_is_memory(&err)))
        out->failed = true; /* not all that should be in it is */
    else
        node_pack(&node, out);
    arena_free(&arena);
}

/* ---- all of them ---- */

/* An answer that was lost is the node's problem. */
static void take_answer(struct node *node, struct parallel_answer *answer, struct arena *arena)
{
    struct error why = answer->problem;
    if (!answer->done ||
        !node_unpack(node, text_of(&answer->text), answer->text.length, arena, &why))
        node->problem = arena_format(arena, "%s", why.text);
    text_free(&answer->text);
}

/* One after another, in this process. */
static bool ask_here(struct asking *asking, size_t count, struct nodes *nodes, struct arena *arena,
                     struct error *err)
{
    for (size_t i = 0; i < count; i++) {
        struct parallel_answer answer = {0};
        ask(asking, i, &answer.text);
        answer.done = !answer.text.failed;
        if (!answer.done) {
            text_free(&answer.text);
            return error_memory(err);
        }
        take_answer(&nodes->items[asking->items[i]], &answer, arena);
    }
    return true;
}

/* The wire gives up when a tenth of the time is left (lib/counter/winrm/wire.c): half of that is
 * for its answer. */
static bool ask_there(struct asking *asking, size_t count, struct nodes *nodes, struct arena *arena,
                      struct error *err)
{
    enum { SHARE = 20 };
    struct parallel_answer answers[NODE_LIST_MOST];
    unsigned left = deadline_left();
    if (!count)
        return true;
    if (!parallel_run(count, ask, asking, left / SHARE, answers, err))
        return false;
    for (size_t i = 0; i < count; i++)
        take_answer(&nodes->items[asking->items[i]], &answers[i], arena);
    return true;
}

static void tell_origins(struct run *run, const struct nodes *nodes)
{
    struct finding *root = &run->result.root;
    for (size_t i = 0; i < nodes->count; i++) {
        const struct node *node = &nodes->items[i];
        if (node->unwritten)
            result_tell(root, "%s: %s", SHOW_NAME(node->name), node->unwritten);
        if (node->when)
            result_note(root, "%s: read from a record of %s", SHOW_NAME(node->name), node->when);
    }
}

/* A wrong option is wrong for all of them, and none is silent for it. The source's own words begin
 * with the option, by which a spec is --source's. */
static bool refuse_options(const struct nodes *nodes, struct error *err)
{
    static const char option[] = "--source: ";
    for (size_t i = 0; i < nodes->count; i++) {
        const struct node *node = &nodes->items[i];
        if (!node->refused)
            continue;
        bool of_spec = scan_begins(node->problem, option);
        return error_set(err, "%s%s", of_spec ? "--node: " : "",
                         node->problem + (of_spec ? sizeof option - 1 : 0));
    }
    return true;
}

/* Two names of one machine would count its RAM twice. */
static bool refuse_twins(const struct nodes *nodes, struct error *err)
{
    for (size_t i = 0; i < nodes->count; i++)
        for (size_t k = 0; k < i; k++) {
            const struct node *a = &nodes->items[k], *b = &nodes->items[i];
            if (!a->problem && !b->problem && *a->host && name_equal(a->host, b->host))
                return error_set(err, "--node: %s and %s are the same machine, %s",
                                 SHOW_NAME(a->name), SHOW_NAME(b->name), SHOW_NAME(a->host));
        }
    return true;
}

bool nodes_read(struct run *run, const struct node_options_given *given,
                const struct node_options *options, struct nodes *ret, struct error *err)
{
    struct node_list list;
    size_t here[NODE_LIST_MOST], there[NODE_LIST_MOST], here_count = 0, there_count = 0;
    if (!node_list_read(given, run->arena, &list, err))
        return false;
    struct nodes nodes = {.items = arena_array(run->arena, list.count, sizeof *nodes.items),
                          .count = list.count};
    if (!nodes.items)
        return error_memory(err);
    for (size_t i = 0; i < list.count; i++) {
        nodes.items[i] =
            (struct node){.name = list.items[i].name, .spec = list.items[i].spec, .host = ""};
        if (source_is_remote(list.items[i].spec))
            there[there_count++] = i;
        else
            here[here_count++] = i;
    }
    struct asking asking = {run->options, options, &list, here};
    if (!ask_here(&asking, here_count, &nodes, run->arena, err))
        return false;
    asking.items = there;
    if (!ask_there(&asking, there_count, &nodes, run->arena, err) || !refuse_options(&nodes, err) ||
        !refuse_twins(&nodes, err))
        return false;
    for (size_t i = 0; i < nodes.count; i++)
        nodes.silent += nodes.items[i].problem != NULL;
    tell_origins(run, &nodes);
    *ret = nodes;
    return true;
}

bool nodes_any(const struct nodes *nodes, struct error *err)
{
    if (nodes->silent < nodes->count)
        return true;
    return error_set(err, "no node answers: %s: %s", SHOW_NAME(nodes->items[0].name),
                     nodes->items[0].problem);
}
