/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Work in processes beside each other: answers come back whole; who hangs, crashes or has no memory
 * harms nobody else. */
#include "unit.h"

#include "platform/parallel.h"

#include <signal.h>
#include <unistd.h>

enum { HANGS = 'h', CRASHES = 'c', FAILS = 'f', LARGE = 'l', HUGE_ONE = 'H', EMPTY = 'e' };
enum { HUGE_LENGTH = 16 * 1024 * 1024 + 1 };

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
    case HUGE_ONE: /* a byte more than the most */
        if (text_reserve(out, HUGE_LENGTH))
            out->length = HUGE_LENGTH;
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
    run("aHb", 0);
    assert_true(answers[0].done && !answers[1].done && answers[2].done);
    assert_string_equal(answers[1].problem.text, "its answer is larger than 16777216 bytes");
    drop(3);
}

/* It is given up when so much is left of the deadline, and the others have their answers. */
static void who_hangs_is_given_up(void **state)
{
    (void)state;
    struct error err;
    assert_true(deadline_start(30, "too late\n", 3, &err));
    run("ahb", 29900);
    assert_true(answers[0].done && answers[2].done && !answers[1].done);
    assert_string_equal(answers[1].problem.text, "no answer in time (--timeout)");
    assert_true(deadline_left() > 0);
    drop(3);
    alarm(0);
}

/* The reserve is for telling what did not answer: where no more is left, nobody is waited for. */
static void where_no_time_is_left_nobody_is_asked(void **state)
{
    (void)state;
    struct error err;
    assert_true(deadline_start(30, "too late\n", 3, &err));
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
          TEST(who_hangs_is_given_up), TEST(sixty_four_at_once),
          TEST(where_no_time_is_left_nobody_is_asked));
