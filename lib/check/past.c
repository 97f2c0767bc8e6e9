/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "check/past.h"

#include "hyperv/reading.h"
#include "platform/platform.h"

int64_t past_moment(const struct source *source)
{
    const struct moment moment = source_moment(source);
    if (!moment.recorded)
        return clock_now();
    return moment.wall + (moment.has_bias ? (int64_t)moment.bias * 60000 : 0);
}

bool past_is_kept(const struct run *run, unsigned long since, bool *ret, struct error *err)
{
    const struct common_options *common = run->options;
    struct arena scratch = {0};
    struct source *earlier;
    *ret = !source_moment(run->source).recorded;
    if (*ret || common->source_options.at || since || !common->source_options.max_age)
        return true;
    /* It is the last row: where there is none before it, it is the only one. */
    bool has_earlier = source_earlier(run->source, 0, &scratch, &earlier, err);
    if (has_earlier)
        source_close(earlier);
    *ret = !has_earlier && reading_is_absent(err);
    arena_free(&scratch);
    return has_earlier || *ret;
}
