/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "unit.h"

#include "hyperv/vm_labels.h"

#pragma GCC diagnostic ignored "-Wmissing-field-initializers" /* tables */

#define TAIL "-1111-1111-1111-111111111111"

enum { MOST = 6 };

static const char *const *make(const struct vm *items, enum label_mode mode)
{
    struct vm copies[MOST];
    struct vms vms = {.items = copies};
    for (; vms.count < MOST && items[vms.count].name; vms.count++) {
        copies[vms.count] = items[vms.count];
        if (!copies[vms.count].namesakes)
            copies[vms.count].namesakes = 1;
    }
    const char *const *labels = NULL;
    struct error err;
    assert_true(vm_labels(&vms, mode, &arena, &labels, &err));
    return labels;
}

static void labels(void **state)
{
    (void)state;
    static const struct {
        struct vm vms[MOST];
        enum label_mode mode;
        const char *labels[MOST];
    } cases[] = {
        {{{"web01", "AAAAAAAA" TAIL}, {"業務", "BBBBBBBB" TAIL}, {"Müller", "CCCCCCCC" TAIL}},
         LABEL_NAME,
         {"web01", "BBBBBBBB", "CCCCCCCC"}},
        {{{"web01", "AAAAAAAA" TAIL}, {"業務", "BBBBBBBB" TAIL}},
         LABEL_GUID,
         {"AAAAAAAA", "BBBBBBBB"}},
        {{{"web01", NULL}, {"業務", NULL}}, LABEL_NAME, {"web01", NULL}},
        {{{"web01", NULL}}, LABEL_GUID, {NULL}},
        {{{"   ", "AAAAAAAA" TAIL}, {"", "BBBBBBBB" TAIL}}, LABEL_NAME, {"AAAAAAAA", "BBBBBBBB"}},
        /* several names that become one label: none of them keeps it, however many */
        {{{"a/b", "AAAAAAAA" TAIL},
          {"a|b", "BBBBBBBB" TAIL},
          {"c", "CCCCCCCC" TAIL},
          {"A_B", "DDDDDDDD" TAIL}},
         LABEL_NAME,
         {"AAAAAAAA", "BBBBBBBB", "c", "DDDDDDDD"}},
        {{{"a/b", NULL}, {"a|b", "BBBBBBBB" TAIL}, {"a\\b", NULL}},
         LABEL_NAME,
         {NULL, "BBBBBBBB", NULL}},
        /* labels that are one in the name of a file or metric */
        {{{"web 09", "AAAAAAAA" TAIL},
          {"web_09", "BBBBBBBB" TAIL},
          {"web.09", "CCCCCCCC" TAIL},
          {"web-09", "DDDDDDDD" TAIL},
          {"web 9.1", "EEEEEEEE" TAIL}},
         LABEL_NAME,
         {"AAAAAAAA", "BBBBBBBB", "CCCCCCCC", "web-09", "web 9.1"}},
        {{{"web current", "AAAAAAAA" TAIL}, {"web.maximum", "BBBBBBBB" TAIL}},
         LABEL_NAME,
         {"AAAAAAAA", "BBBBBBBB"}},
        /* of these endings no letter may lack, and all may be the name; elsewhere they are a name's
           own */
        {{{"_minimum", "AAAAAAAA" TAIL},
          {"DB_CURRENT", "BBBBBBBB" TAIL},
          {"current", "CCCCCCCC" TAIL},
          {"_maximum_", "DDDDDDDD" TAIL},
          {"Worst", "EEEEEEEE" TAIL}},
         LABEL_NAME,
         {"AAAAAAAA", "BBBBBBBB", "current", "_maximum_", "EEEEEEEE"}},
        /* VMs of one name can't be told apart */
        {{{"web01", NULL, .namesakes = 2}, {"web01", NULL, .namesakes = 2}, {"x", "AAAAAAAA" TAIL}},
         LABEL_NAME,
         {NULL, NULL, "x"}},
        /* a name that is the beginning of another's GUID */
        {{{"bbbbbbbb", "AAAAAAAA" TAIL}, {"業務", "BBBBBBBB" TAIL}},
         LABEL_NAME,
         {"AAAAAAAA", "BBBBBBBB"}},
        {{{"bbbbbbbb", NULL}, {"業務", "BBBBBBBB" TAIL}}, LABEL_NAME, {NULL, "BBBBBBBB"}},
        {{{"業務", "BBBBBBBB" TAIL}, {"表", "BBBBBBBB-2222-2222-2222-222222222222"}},
         LABEL_NAME,
         {NULL, NULL}},
        /* the GUID that a twin falls back to is another VM's name */
        {{{"a/b", "AAAAAAAA" TAIL}, {"a|b", "BBBBBBBB" TAIL}, {"aaaaaaaa", "CCCCCCCC" TAIL}},
         LABEL_NAME,
         {NULL, "BBBBBBBB", NULL}},
    };
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *const *found = make(cases[i].vms, cases[i].mode);
        for (size_t k = 0; k < MOST && cases[i].vms[k].name; k++) {
            const char *label = cases[i].labels[k];
            if (label ? !found[k] || strcmp(found[k], label) != 0 : found[k] != NULL)
                fail_msg("case %zu, '%s': %s", i, cases[i].vms[k].name,
                         found[k] ? found[k] : "(none)");
        }
    }
}

RUN_TESTS(TEST(labels));
