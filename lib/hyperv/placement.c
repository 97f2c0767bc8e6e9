/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hyperv/placement.h"

#include <string.h>

bool placement_prepare(struct placement_work *work, size_t count, size_t place_count,
                       struct arena *arena, struct error *err)
{
    *work = (struct placement_work){
        .all = PLACEMENT_ALL_STEPS,
        .left = arena_array(arena, place_count, sizeof *work->left),
        .order = arena_array(arena, place_count, sizeof *work->order),
        .trial = arena_array(arena, count, sizeof *work->trial),
    };
    return !arena->failed || error_memory(err);
}

/* ---- what proves that there is no placement ---- */

/* Of those at least as large as one of them: more than there are places for, or larger together
 * than all places that could hold one. */
static bool is_too_many(const struct placement_question *q, size_t so_far, uint64_t sum)
{
    uint64_t size = q->sizes[so_far - 1], slots = 0, room = 0;
    for (size_t i = 0; i < q->place_count; i++)
        if (q->places[i] >= size) {
            slots += q->places[i] / size;
            room += q->places[i];
        }
    return slots < so_far || room < sum;
}

static bool is_impossible(const struct placement_question *q)
{
    uint64_t sum = 0;
    for (size_t i = 0; i < q->count; i++) {
        sum += q->sizes[i];
        bool last_of_size = i + 1 == q->count || q->sizes[i + 1] != q->sizes[i];
        if (last_of_size && is_too_many(q, i + 1, sum))
            return true;
    }
    return false;
}

/* ---- what proves that there is one, whatever the order ---- */

/* A place takes VMs until the largest would no longer fit: so much, at least, it always takes. */
static bool always_fits(const struct placement_question *q)
{
    uint64_t largest = q->count ? q->sizes[0] : 0, sum = 0, taken = 0;
    for (size_t i = 1; i < q->count; i++)
        sum += q->sizes[i];
    bool any = !q->count;
    for (size_t i = 0; i < q->place_count; i++)
        if (q->places[i] >= largest) {
            any = true;
            taken += q->places[i] - largest;
        }
    return any && sum <= taken;
}

/* ---- looking for one ---- */

static void begin(const struct placement_question *q, struct placement_work *work)
{
    memcpy(work->left, q->places, q->place_count * sizeof *q->places);
}

/* Places in ascending order, so that the first that fits is the smallest. */
static void sort_places(const struct placement_question *q, uint32_t *order)
{
    for (size_t i = 0; i < q->place_count; i++) {
        size_t at = i;
        for (; at > 0 && q->places[order[at - 1]] > q->places[i]; at--)
            order[at] = order[at - 1];
        order[at] = (uint32_t)i;
    }
}

/* The next of the same size finds nothing where this one did not. */
static bool first_fit(const struct placement_question *q, struct placement_work *work,
                      uint32_t *where)
{
    size_t at = 0;
    sort_places(q, work->order);
    begin(q, work);
    for (size_t i = 0; i < q->count; i++) {
        if (i && q->sizes[i] != q->sizes[i - 1])
            at = 0;
        while (at < q->place_count && work->left[work->order[at]] < q->sizes[i])
            at++;
        if (at == q->place_count)
            return false;
        where[i] = work->order[at];
        work->left[where[i]] -= q->sizes[i];
    }
    return true;
}

static bool best_fit(const struct placement_question *q, struct placement_work *work,
                     uint32_t *where)
{
    begin(q, work);
    for (size_t i = 0; i < q->count; i++) {
        size_t best = q->place_count;
        for (size_t at = 0; at < q->place_count; at++)
            if (work->left[at] >= q->sizes[i] &&
                (best == q->place_count || work->left[at] < work->left[best]))
                best = at;
        if (best == q->place_count)
            return false;
        where[i] = (uint32_t)best;
        work->left[best] -= q->sizes[i];
    }
    return true;
}

/* ---- trying everything ---- */

struct search {
    const struct placement_question *q;
    struct placement_work *work;
    uint32_t *where;
};

/* What is still to be placed from `next` on needs more than the places that could take any of it.
 */
static bool is_hopeless(const struct search *search, uint64_t rest)
{
    uint64_t smallest = search->q->sizes[search->q->count - 1], room = 0;
    for (size_t i = 0; i < search->q->place_count; i++)
        if (search->work->left[i] >= smallest)
            room += search->work->left[i];
    return room < rest;
}

/* A place that this one fills exactly is the best that it can have; of equals, which go in order,
 * that is not so. */
static size_t find_exact(const struct search *search, uint64_t size)
{
    size_t at = 0;
    while (at < search->q->place_count && search->work->left[at] != size)
        at++;
    return at;
}

/* Was a place with as much left tried for this one already? */
static bool is_twin(const struct search *search, size_t first, size_t place)
{
    for (size_t i = first; i < place; i++)
        if (search->work->left[i] == search->work->left[place])
            return true;
    return false;
}

static enum placement_verdict try_from(const struct search *search, size_t next, uint64_t rest);

static enum placement_verdict try_place(const struct search *search, size_t next, size_t place,
                                        uint64_t rest)
{
    uint64_t size = search->q->sizes[next];
    search->where[next] = (uint32_t)place;
    search->work->left[place] -= size;
    enum placement_verdict verdict = try_from(search, next + 1, rest - size);
    search->work->left[place] += size;
    return verdict;
}

/* Of equals, none goes before the place of the one before: that would be the same once more. */
static enum placement_verdict try_from(const struct search *search, size_t next, uint64_t rest)
{
    const struct placement_question *q = search->q;
    if (next == q->count)
        return PLACEMENT_FITS;
    unsigned long cost = 1 + (unsigned long)q->place_count / 8; /* each looks at all places */
    if (search->work->steps < cost)
        return PLACEMENT_OPEN;
    search->work->steps -= cost;
    if (is_hopeless(search, rest))
        return PLACEMENT_IMPOSSIBLE;
    uint64_t size = q->sizes[next];
    bool equal = next && q->sizes[next - 1] == size;
    bool alone = !equal && (next + 1 == q->count || q->sizes[next + 1] != size);
    size_t first = equal ? search->where[next - 1] : 0;
    size_t exact = alone ? find_exact(search, size) : q->place_count;
    if (exact < q->place_count)
        return try_place(search, next, exact, rest);
    for (size_t place = first; place < q->place_count; place++) {
        if (search->work->left[place] < size || is_twin(search, first, place))
            continue;
        enum placement_verdict verdict = try_place(search, next, place, rest);
        if (verdict != PLACEMENT_IMPOSSIBLE)
            return verdict;
    }
    return PLACEMENT_IMPOSSIBLE;
}

static enum placement_verdict search_all(const struct search *search)
{
    enum { DEEPEST = 1024 }; /* calls within each other */
    const struct placement_question *q = search->q;
    struct placement_work *work = search->work;
    uint64_t rest = 0;
    if (q->count > DEEPEST)
        return PLACEMENT_OPEN;
    for (size_t i = 0; i < q->count; i++)
        rest += q->sizes[i];
    begin(q, work);
    unsigned long most = work->all < PLACEMENT_STEPS ? work->all : PLACEMENT_STEPS;
    work->steps = most;
    enum placement_verdict verdict = try_from(search, 0, rest);
    work->all -= most - work->steps;
    return verdict;
}

enum placement_verdict placement_find(const struct placement_question *question,
                                      struct placement_work *work, uint32_t *where)
{
    if (!where && always_fits(question))
        return PLACEMENT_FITS;
    uint32_t *to = where ? where : work->trial;
    if (first_fit(question, work, to))
        return PLACEMENT_FITS;
    if (is_impossible(question))
        return PLACEMENT_IMPOSSIBLE;
    if (best_fit(question, work, to))
        return PLACEMENT_FITS;
    return search_all(&(struct search){question, work, to});
}

/* ---- the fewest without a place ---- */

static struct placement_question without(const struct placement_question *q, size_t left_out)
{
    struct placement_question rest = *q;
    rest.sizes += left_out;
    rest.count -= left_out;
    return rest;
}

/* What the bounds alone prove: leaving out more makes none of them hold that did not. */
static size_t least_by_bounds(const struct placement_question *q)
{
    size_t low = 0, high = q->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct placement_question rest = without(q, middle);
        if (is_impossible(&rest))
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* What is found at once: leaving out more seldom makes that worse, and what is returned fits. */
static size_t most_at_once(const struct placement_question *q, struct placement_work *work,
                           size_t least, uint32_t *where)
{
    size_t low = least, high = q->count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        struct placement_question rest = without(q, middle);
        if (first_fit(&rest, work, where))
            high = middle;
        else
            low = middle + 1;
    }
    while (high > least) { /* the dearer way finds one or two more */
        struct placement_question rest = without(q, high - 1);
        if (!best_fit(&rest, work, where))
            break;
        high--;
    }
    return high;
}

struct placement_fewest placement_fewest(const struct placement_question *question,
                                         struct placement_work *work, uint32_t *where)
{
    uint32_t *to = where ? where : work->trial;
    struct placement_fewest fewest = {0};
    if (placement_find(question, work, where) == PLACEMENT_FITS)
        return fewest;
    size_t k = fewest.least = least_by_bounds(question);
    size_t most = most_at_once(question, work, k, to);
    for (; k < most; k++) {
        struct placement_question rest = without(question, k);
        enum placement_verdict verdict = search_all(&(struct search){&rest, work, to + k});
        if (verdict == PLACEMENT_FITS)
            break;
        fewest.open = fewest.open || verdict == PLACEMENT_OPEN;
        fewest.least += !fewest.open;
    }
    fewest.left_out = k;
    struct placement_question rest = without(question, k);
    if (where && k == most && !first_fit(&rest, work, where + k)) /* else it was found last */
        best_fit(&rest, work, where + k);
    return fewest;
}
