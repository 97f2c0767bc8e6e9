/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "platform/parallel.h"

#include "platform/platform.h"
#include "platform/posix.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* An answer is some hundred bytes for each VM: whatever is larger is none. */
enum { LARGEST = 16 * 1024 * 1024, PIECE = 65536 };

struct child {
    pid_t process; /* 0: none */
    int from;      /* its end of the pipe; -1: closed */
};

/* ---- in the child ---- */

/* The deadline's alarm is not inherited, and must not answer for the parent. Should that be gone,
 * this one ends by itself. */
static void work_and_leave(parallel_work *work, void *context, size_t item, int to)
{
    unsigned left = deadline_left();
    struct text answer = {0};
    signal(SIGALRM, SIG_DFL);
    signal(SIGPIPE, SIG_DFL);
    alarm(left == UINT_MAX ? 0 : left / 1000 + 1);
    work(context, item, &answer);
    bool given = !answer.failed && posix_write(to, answer.bytes, answer.length);
    _exit(given ? EXIT_SUCCESS : EXIT_FAILURE);
}

/* ---- in the parent ---- */

/* Why it could not be begun is in err. */
static void begin(struct child *child, parallel_work *work, void *context, size_t item,
                  struct error *err)
{
    int ends[2];
    if (pipe(ends) != 0) {
        error_set(err, "no process can be started for it: %s", strerror(errno));
        return;
    }
    pid_t process = fork();
    if (process == 0) {
        close(ends[0]);
        work_and_leave(work, context, item, ends[1]);
    }
    if (process < 0) {
        error_set(err, "no process can be started for it: %s", strerror(errno));
        close(ends[0]);
    } else {
        *child = (struct child){.process = process, .from = ends[0]};
    }
    close(ends[1]);
}

static void end(struct child *child, struct parallel_answer *answer)
{
    int status;
    pid_t ended;
    close(child->from);
    child->from = -1;
    while ((ended = waitpid(child->process, &status, 0)) < 0 && errno == EINTR)
        ;
    child->process = 0;
    if (*answer->problem.text)
        return;
    if (ended < 0)
        error_set(&answer->problem, "%s", strerror(errno));
    else if (WIFSIGNALED(status))
        error_set(&answer->problem, "the process that asked it was ended by signal %d",
                  WTERMSIG(status));
    else if (WEXITSTATUS(status) != EXIT_SUCCESS || answer->text.failed)
        error_memory(&answer->problem);
    else
        answer->done = true;
}

/* Why is in the answer. */
static void give_up(struct child *child, struct parallel_answer *answer)
{
    kill(child->process, SIGKILL);
    end(child, answer);
}

static void take(struct child *child, struct parallel_answer *answer)
{
    char piece[PIECE];
    ssize_t got = read(child->from, piece, sizeof piece);
    if (got < 0 && errno == EINTR)
        return;
    if (got <= 0) {
        if (got < 0) /* what came before is not all of it */
            error_set(&answer->problem, "%s", strerror(errno));
        end(child, answer);
        return;
    }
    text_add(&answer->text, piece, (size_t)got);
    if (answer->text.length > LARGEST) {
        error_set(&answer->problem, "its answer is larger than %d bytes", LARGEST);
        give_up(child, answer);
    }
}

/* Wait for those that have not ended; false: there is none. */
static bool wait_once(struct child *children, struct pollfd *waits, size_t *items, size_t count,
                      unsigned reserve, struct parallel_answer *answers)
{
    nfds_t open = 0;
    for (size_t i = 0; i < count; i++)
        if (children[i].process) {
            waits[open] = (struct pollfd){.fd = children[i].from, .events = POLLIN};
            items[open++] = i;
        }
    if (!open)
        return false;
    unsigned left = deadline_left();
    int most = left == UINT_MAX ? -1 : left > reserve ? (int)(left - reserve) : 0;
    int ready = poll(waits, open, most);
    if (ready < 0 && errno == EINTR)
        return true;
    for (nfds_t i = 0; i < open; i++)
        if (ready <= 0) {
            error_set(&answers[items[i]].problem, "no answer in time (--timeout)");
            give_up(&children[items[i]], &answers[items[i]]);
        } else if (waits[i].revents) {
            take(&children[items[i]], &answers[items[i]]);
        }
    return true;
}

bool parallel_run(size_t count, parallel_work *work, void *context, unsigned reserve,
                  struct parallel_answer *answers, struct error *err)
{
    struct child *children = calloc(count ? count : 1, sizeof *children);
    struct pollfd *waits = calloc(count ? count : 1, sizeof *waits);
    size_t *items = calloc(count ? count : 1, sizeof *items);
    bool room = children && waits && items;
    memset(answers, 0, count * sizeof *answers);
    /* Whoever started us may have ignored it: then nobody is told how a child ended. */
    signal(SIGCHLD, SIG_DFL);
    for (size_t i = 0; i < count && room; i++)
        begin(&children[i], work, context, i, &answers[i].problem);
    while (room && wait_once(children, waits, items, count, reserve, answers))
        ;
    free(items);
    free(waits);
    free(children);
    return room || error_memory(err);
}
