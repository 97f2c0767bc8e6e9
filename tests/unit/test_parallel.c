/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Work in processes beside each other: answers come back whole; who hangs, crashes or has no memory
 * harms nobody else. */
#include "unit.h"

#include "platform/parallel.h"

#include <errno.h>
#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

enum {
    HANGS = 'h',
    CRASHES = 'c',
    FAILS = 'f',
    LARGE = 'l',
    LARGEST = 'L',
    TOO_LARGE = 'H',
    EMPTY = 'e',
    TIME = 't'
};
enum { MOST = 16 * 1024 * 1024 };

static void say_much(struct text *out, size_t length)
{
    if (!text_reserve(out, length))
        return;
    memset(out->bytes, 'x', length);
    out->length = length;
}

/* How long it lives, should its parent be gone, and how long the parent may. */
static void say_time(struct text *out)
{
    struct itimerval alarm;
    getitimer(ITIMER_REAL, &alarm);
    long lives = (long)alarm.it_value.tv_sec * 1000 + (long)alarm.it_value.tv_usec / 1000;
    text_printf(out, "%ld %u", lives, deadline_left());
}

static void work(void *context, size_t item, struct text *out)
{
    const char *how = context;
    switch (how[item]) {
    case HANGS:
        text_puts(out, "half of an answer");
        for (;;)
            pause();
    case CRASHES:
        signal(SIGSEGV, SIG_DFL); /* cmocka's own handler would tell of it */
        raise(SIGSEGV);
        break;
    case FAILS:
        text_puts(out, "half");
        out->failed = true;
        break;
    case LARGE:
        for (int i = 0; i < 100000; i++)
            text_printf(out, "%d ", i);
        break;
    case LARGEST:
        say_much(out, MOST);
        break;
    case TOO_LARGE:
        say_much(out, MOST + 1);
        break;
    case TIME:
        say_time(out);
        break;
    case EMPTY:
        break;
    default:
        text_printf(out, "%c%zu", how[item], item);
    }
}

static struct parallel_answer answers[80];

static void run(const char *how, unsigned reserve)
{
    struct error err;
    assert_true(parallel_run(strlen(how), work, (void *)(uintptr_t)how, reserve, answers, &err));
}

static void drop(size_t count)
{
    for (size_t i = 0; i < count; i++)
        text_free(&answers[i].text);
}

static void answers_come_back(void **state)
{
    (void)state;
    run("abel", 0);
    assert_true(answers[0].done && answers[1].done && answers[2].done && answers[3].done);
    assert_string_equal(answers[0].text.bytes, "a0");
    assert_string_equal(answers[1].text.bytes, "b1");
    assert_int_equal(answers[2].text.length, 0);
    assert_int_equal(answers[3].text.length, 588890);
    assert_memory_equal(answers[3].text.bytes + 588890 - 6, "99999 ", 6);
    drop(4);
    run("", 0);
}

static void who_fails_fails_alone(void **state)
{
    (void)state;
    run("acfb", 0);
    assert_true(answers[0].done && answers[3].done && !answers[1].done && !answers[2].done);
    assert_string_equal(answers[3].text.bytes, "b3");
    assert_string_equal(answers[1].problem.text,
                        "the process that asked it was ended by signal 11");
    assert_string_equal(answers[2].problem.text, "out of memory");
    drop(4);
}

/* A daemon that wants to know nothing of its children hands that on to those it starts. */
static void whoever_starts_it_may_ignore_children(void **state)
{
    (void)state;
    signal(SIGCHLD, SIG_IGN);
    who_fails_fails_alone(state);
}

static void what_is_too_large_is_no_answer(void **state)
{
    (void)state;
    run("aHL", 0);
    assert_true(answers[0].done && !answers[1].done && answers[2].done);
    assert_string_equal(answers[1].problem.text, "its answer is larger than 16777216 bytes");
    assert_int_equal(answers[2].text.length, MOST);
    drop(3);
}

/* It is given up when so much is left of the deadline, and the others have their answers. */
static void who_hangs_is_given_up(void **state)
{
    (void)state;
    struct error err;
    /* A machine that is too busy for two answers gets more time for them, and the third none. */
    for (unsigned given = 100;; given *= 4) {
        assert_true(deadline_start(30, "too late\n", 3, &err));
        run("ahb", 30000 - given);
        assert_false(answers[1].done);
        if ((answers[0].done && answers[2].done) || given > 6000)
            break;
        drop(3);
    }
    assert_true(answers[0].done && answers[2].done);
    assert_string_equal(answers[1].problem.text, "no answer in time (--timeout)");
    assert_true(deadline_left() > 0);
    drop(3);
    alarm(0);
}

/* Without a parent that would end it, each ends by itself behind the deadline; where there is none,
 * it has none. */
static void each_ends_soon_behind_its_parent(void **state)
{
    (void)state;
    struct error err;
    run("t", 0);
    assert_string_equal(answers[0].text.bytes, "0 4294967295");
    drop(1);
    assert_true(deadline_start(3600, "too late\n", 3, &err));
    run("t", 0);
    alarm(0);
    long lives, left;
    assert_int_equal(sscanf(answers[0].text.bytes, "%ld %ld", &lives, &left), 2);
    assert_true(lives >= left && lives <= 3601000);
    drop(1);
}

/* The reserve is for telling what did not answer: where no more is left, nobody is waited for. */
static void where_no_time_is_left_nobody_is_asked(void **state)
{
    (void)state;
    struct error err;
    assert_true(deadline_start(30, "too late\n", 3, &err));
    errno = EINTR; /* of an earlier call, which says nothing where none fails */
    run("h", 31000);
    assert_string_equal(answers[0].problem.text, "no answer in time (--timeout)");
    drop(1);
    assert_true(deadline_start(0, "too late\n", 3, &err));
    assert_int_equal(deadline_left(), 0); /* and never less */
    run("h", 0);
    assert_string_equal(answers[0].problem.text, "no answer in time (--timeout)");
    drop(1);
}

static void sixty_four_at_once(void **state)
{
    (void)state;
    char how[65] = {0};
    memset(how, 'x', 64);
    run(how, 0);
    for (size_t i = 0; i < 64; i++) {
        char want[8];
        snprintf(want, sizeof want, "x%zu", i);
        assert_true(answers[i].done);
        assert_string_equal(answers[i].text.bytes, want);
    }
    drop(64);
}

RUN_TESTS(TEST(answers_come_back), TEST(who_fails_fails_alone),
          TEST(whoever_starts_it_may_ignore_children), TEST(what_is_too_large_is_no_answer),
          TEST(each_ends_soon_behind_its_parent), TEST(who_hangs_is_given_up),
          TEST(sixty_four_at_once), TEST(where_no_time_is_left_nobody_is_asked));
