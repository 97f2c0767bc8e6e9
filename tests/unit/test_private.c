/* SPDX-License-Identifier: GPL-3.0-or-later */

/* Private files of platform.h, as POSIX has them. */
#include "unit.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static struct private_directory opened(const char *path)
{
    struct private_directory directory;
    struct error err = {0};
    if (!private_directory_open(path, true, &directory, &err))
        fail_msg("%s", err.text);
    return directory;
}

static void assert_refused(const char *path, bool make, int code, const char *words)
{
    struct private_directory directory;
    struct error err = {0};
    assert_false(private_directory_open(path, make, &directory, &err));
    assert_int_equal(err.code, code);
    assert_string_equal(err.text, arena_format(&arena, "%s: %s", path, words));
}

static unsigned mode_of(const char *path)
{
    struct stat status;
    assert_int_equal(lstat(path, &status), 0);
    return (unsigned)status.st_mode & 07777;
}

static unsigned entries(const char *command_path)
{
    FILE *pipe = popen(arena_format(&arena, "ls -A '%s' | wc -l", command_path), "r");
    unsigned count = 0;
    assert_non_null(pipe);
    assert_int_equal(fscanf(pipe, "%u", &count), 1);
    pclose(pipe);
    return count;
}

static void assert_file_holds(const struct private_directory *directory, const char *name,
                              const char *text)
{
    struct text got = {0};
    struct error err = {0};
    if (!private_file_read(directory, name, 1000, &got, &err))
        fail_msg("%s", err.text);
    assert_string_equal(got.bytes, text);
    text_free(&got);
}

static void assert_unread(const struct private_directory *directory, const char *name, int code,
                          const char *words)
{
    struct text got = {0};
    struct error err = {0};
    text_puts(&got, "before");
    assert_false(private_file_read(directory, name, 100, &got, &err));
    assert_int_equal(err.code, code);
    assert_string_equal(err.text, arena_format(&arena, "%s/%s: %s", directory->path, name, words));
    assert_string_equal(got.bytes, "before");
    text_free(&got);
}

/* ---- the directory ---- */

static void a_missing_directory_is_made_for_its_user_alone(void **state)
{
    (void)state;
    const char *path = unit_path("a/b/c");
    assert_refused(path, false, PLATFORM_ABSENT, "no such file or directory");
    mode_t before = umask(0);
    struct private_directory directory = opened(path);
    umask(before);
    assert_true(directory.writable);
    assert_true(fcntl((int)directory.handle, F_GETFD) & FD_CLOEXEC); /* of no other program */
    assert_int_equal(mode_of(unit_path("a/b/c")), 0700);
    static const char *const above[] = {"a", "a/b"}; /* in which other accounts make theirs */
    for (size_t i = 0; i < LENGTH(above); i++)
        assert_int_equal(mode_of(unit_path(above[i])), 0755);
    private_directory_close(&directory);
    struct error err;
    assert_true(private_directory_open(unit_path("a/b/other"), false, &directory, &err));
    private_directory_close(&directory);
}

enum { NOBODY = 65534, SOMEBODY = 65533 };

/* As another user; false: only root can be one, and there is nothing to see as anybody else. */
static bool become(uid_t user)
{
    if (user != 0 && geteuid() != 0)
        return false;
    return seteuid(user) == 0;
}

/* Where a directory is, and the one in it can't be made, that it is not there would be half of it.
 */
static void why_a_directory_is_not_made_is_told(void **state)
{
    (void)state;
    assert_int_equal(chmod(unit_path(""), 0711), 0);
    assert_int_equal(mkdir(unit_path("closed"), 0555), 0);
    const char *path = unit_path("closed/d");
    bool other = geteuid() == 0; /* root may make one anywhere */
    assert_true(!other || become(NOBODY));
    struct private_directory directory;
    struct error err = {0}, absent = {0};
    bool made = private_directory_open(path, true, &directory, &err) ||
                private_directory_open(path, false, &directory, &absent);
    assert_true(!other || become(0));
    assert_false(made);
    assert_int_equal(err.code, PLATFORM_DENIED);
    assert_string_equal(err.text, say("%s: permission denied", path));
    assert_int_equal(absent.code, PLATFORM_ABSENT); /* to be made by somebody else anyway */
}

/* Any order of any accounts in one named place and in places that a package made: each keeps its
 * own, and none is in another's way. */
static void accounts_follow_each_other(void **state)
{
    (void)state;
    static const uid_t orders[][3] = {{0, NOBODY, SOMEBODY}, {0, SOMEBODY, NOBODY},
                                      {NOBODY, 0, SOMEBODY}, {SOMEBODY, 0, NOBODY},
                                      {NOBODY, SOMEBODY, 0}, {SOMEBODY, NOBODY, 0}};
    if (geteuid() != 0)
        skip();
    assert_int_equal(chmod(unit_path(""), 0711), 0);
    for (size_t i = 0; i < LENGTH(orders); i++) {
        const char *above = say("%s/%zu", unit_path("order"), i);
        assert_true(mkdir(unit_path("order"), 0755) == 0 || i);
        assert_int_equal(mkdir(above, 0755), 0);
        for (size_t k = 0; k < LENGTH(orders[i]); k++) /* as the packages do it */
            if (orders[i][k]) {
                const char *own = say("%s/%u", above, orders[i][k]);
                assert_int_equal(mkdir(own, 0700), 0);
                assert_int_equal(chown(own, orders[i][k], orders[i][k]), 0);
            }
        for (size_t round = 0; round < 2; round++)
            for (size_t k = 0; k < LENGTH(orders[i]); k++) {
                struct private_directory directory;
                struct error err = {0};
                assert_true(become(orders[i][k]));
                const char *place = platform_state_places(above, &arena)->path;
                bool open = private_directory_open(place, true, &directory, &err);
                bool kept = open && private_file_write(&directory, "f", "x", 1, &err);
                if (open)
                    private_directory_close(&directory);
                assert_true(become(0));
                if (!kept)
                    fail_msg("order %zu, account %u: %s", i, orders[i][k], err.text);
            }
    }
}

/* Root, who tries a check by hand with the options that the agent's user will give it, leaves
 * nothing above that would keep that user from making his. */
static void nothing_is_made_above_in_anothers_directory(void **state)
{
    (void)state;
    if (geteuid() != 0)
        skip();
    const char *home = unit_path("home");
    assert_int_equal(chmod(unit_path(""), 0711), 0);
    assert_int_equal(mkdir(home, 0700), 0);
    assert_int_equal(chown(home, NOBODY, NOBODY), 0);
    struct private_directory directory;
    struct error err = {0};
    assert_false(private_directory_open(unit_path("home/a/b/0"), true, &directory, &err));
    assert_int_equal(err.code, PLATFORM_REFUSED);
    assert_string_equal(err.text, say("%s: not created, because its parent belongs to another user",
                                      unit_path("home/a")));
    assert_int_equal(entries(home), 0);
    assert_true(become(NOBODY));
    bool open = private_directory_open(unit_path("home/a/b/65534"), true, &directory, &err);
    assert_true(become(0));
    assert_true(open);
    private_directory_close(&directory);
    directory = opened(unit_path("home/a/b/0")); /* beside it is room for one's own */
    private_directory_close(&directory);
}

static void a_directory_that_others_can_write_is_refused(void **state)
{
    (void)state;
    static const unsigned open_modes[] = {0777, 01777, 0775, 0757, 0722, 02770};
    const char *path = unit_path("d");
    assert_int_equal(mkdir(path, 0700), 0);
    for (size_t i = 0; i < LENGTH(open_modes); i++) {
        assert_int_equal(chmod(path, open_modes[i]), 0);
        assert_refused(path, true, PLATFORM_REFUSED, "others can write to it");
    }
    static const unsigned closed_modes[] = {0700, 0750, 0755, 0711};
    for (size_t i = 0; i < LENGTH(closed_modes); i++) {
        assert_int_equal(chmod(path, closed_modes[i]), 0);
        struct private_directory directory = opened(path);
        private_directory_close(&directory);
    }
    assert_refused("/tmp", true, PLATFORM_REFUSED, "others can write to it");
}

static void a_link_is_no_directory(void **state)
{
    (void)state;
    static const char words[] = "not a directory, or a symbolic link";
    struct error err;
    assert_int_equal(mkdir(unit_path("real"), 0700), 0);
    assert_int_equal(symlink(unit_path("real"), unit_path("link")), 0);
    assert_refused(unit_path("link"), true, PLATFORM_REFUSED, words);
    assert_refused(unit_path("link/"), true, PLATFORM_REFUSED, words);
    assert_refused(unit_path("link//"), true, PLATFORM_REFUSED, words);
    assert_int_equal(symlink("circle", unit_path("circle")), 0);
    assert_refused(unit_path("circle/d"), true, PLATFORM_REFUSED, words);
    assert_int_equal(symlink(unit_path("nowhere"), unit_path("dangling")), 0);
    assert_refused(unit_path("dangling"), true, PLATFORM_REFUSED, words);
    struct private_directory directory = opened(unit_path("real//"));
    assert_true(private_file_write(&directory, "f", "x", 1, &err));
    private_directory_close(&directory);
    assert_refused(unit_path("real/f"), true, PLATFORM_REFUSED, words);
}

/* Whether what there is on every system is trusted: the root directory. */
static bool root_is_private(void)
{
    struct stat status;
    assert_int_equal(stat("/", &status), 0);
    return (status.st_uid == 0 || status.st_uid == geteuid()) && !(status.st_mode & 022);
}

static void the_root_directory_has_its_name(void **state)
{
    (void)state;
    struct private_directory directory;
    struct error err;
    bool open = private_directory_open("/", false, &directory, &err);
    assert_int_equal(open, root_is_private());
    if (open)
        private_directory_close(&directory);
}

/* Only root can make a directory of another user, so as anybody else this looks at root's own. */
static void a_directory_of_another_user_is_refused(void **state)
{
    (void)state;
    const char *path = unit_path("theirs");
    assert_int_equal(mkdir(path, 0755), 0);
    if (geteuid() == 0) {
        assert_int_equal(chown(path, NOBODY, NOBODY), 0);
        assert_refused(path, true, PLATFORM_REFUSED, "belongs to another user");
        return;
    }
    struct private_directory directory = opened("/etc");
    assert_false(directory.writable);
    private_directory_close(&directory);
}

/* ---- its files ---- */

static void what_is_written_is_read(void **state)
{
    (void)state;
    struct private_directory directory = opened(unit_path("d"));
    struct error err;
    assert_unread(&directory, "f", PLATFORM_ABSENT, "no such file or directory");
    mode_t before = umask(0);
    assert_true(private_file_write(&directory, "f", "first", 5, &err));
    assert_int_equal(mode_of(unit_path("d/f")), 0600);
    assert_file_holds(&directory, "f", "first");
    assert_true(private_file_write(&directory, "f", "2", 1, &err));
    umask(before);
    assert_file_holds(&directory, "f", "2");
    assert_true(private_file_write(&directory, "f", "", 0, &err));
    assert_file_holds(&directory, "f", "");
    assert_int_equal(entries(unit_path("d")), 1);
    private_directory_close(&directory);
}

static void links_are_replaced_and_never_followed(void **state)
{
    (void)state;
    struct private_directory directory = opened(unit_path("d"));
    struct error err;
    assert_true(private_file_write(&directory, "target", "theirs", 6, &err));
    assert_int_equal(symlink("target", unit_path("d/f")), 0);
    assert_unread(&directory, "f", PLATFORM_REFUSED, "a symbolic link");
    assert_true(private_file_write(&directory, "f", "ours", 4, &err));
    assert_file_holds(&directory, "target", "theirs");
    assert_file_holds(&directory, "f", "ours");
    private_directory_close(&directory);
}

static void what_others_could_have_written_is_not_read(void **state)
{
    (void)state;
    static const unsigned modes[] = {0666, 0620, 0602};
    struct private_directory directory = opened(unit_path("d"));
    struct error err;
    for (size_t i = 0; i < LENGTH(modes); i++) {
        assert_true(private_file_write(&directory, "f", "x", 1, &err));
        assert_int_equal(chmod(unit_path("d/f"), modes[i]), 0);
        assert_unread(&directory, "f", PLATFORM_REFUSED, "others can write to it");
    }
    private_directory_close(&directory);
}

static void only_small_regular_files_are_read(void **state)
{
    (void)state;
    struct private_directory directory = opened(unit_path("d"));
    struct error err;
    char bytes[102] = {0};
    memset(bytes, 'x', sizeof bytes - 1);
    assert_true(private_file_write(&directory, "f", bytes, 101, &err));
    assert_unread(&directory, "f", PLATFORM_REFUSED, "too large");
    bytes[100] = '\0';
    assert_true(private_file_write(&directory, "f", bytes, 100, &err));
    assert_file_holds(&directory, "f", bytes);
    assert_int_equal(mkfifo(unit_path("d/fifo"), 0600), 0); /* must not hang */
    assert_unread(&directory, "fifo", PLATFORM_REFUSED, "not a regular file");
    assert_int_equal(mkdir(unit_path("d/dir"), 0700), 0);
    assert_unread(&directory, "dir", PLATFORM_REFUSED, "not a regular file");
    private_directory_close(&directory);
}

/* Who is writing just now is let finish; who died while writing is not waited for for ever. */
static void an_abandoned_write_is_cleared_away(void **state)
{
    (void)state;
    struct private_directory directory = opened(unit_path("d"));
    struct error err;
    assert_true(private_file_write(&directory, "f", "old", 3, &err));
    int fd = open(unit_path("d/.f.new"), O_CREAT | O_WRONLY, 0600);
    assert_true(fd >= 0);
    assert_false(private_file_write(&directory, "f", "new", 3, &err));
    assert_int_equal(err.code, PLATFORM_EXISTS);
    assert_file_holds(&directory, "f", "old");
    static const int ages[] = {-61, 3600}; /* or in the future, when the clock went back */
    for (size_t i = 0; i < LENGTH(ages); i++) {
        const struct timespec times[2] = {{.tv_sec = time(NULL) + ages[i]},
                                          {.tv_sec = time(NULL) + ages[i]}};
        assert_int_equal(futimens(fd, times), 0);
        assert_true(private_file_write(&directory, "f", ages[i] < 0 ? "new" : "newer",
                                       ages[i] < 0 ? 3 : 5, &err));
        assert_file_holds(&directory, "f", ages[i] < 0 ? "new" : "newer");
        assert_int_equal(entries(unit_path("d")), 1);
        close(fd);
        fd = open(unit_path("d/.f.new"), O_CREAT | O_WRONLY, 0600);
    }
    close(fd);
    private_directory_close(&directory);
}

/* Who is slow is not dead: as long as he lives, his file is his, however old. */
static void a_slow_write_is_not_cleared_away(void **state)
{
    (void)state;
    struct private_directory directory = opened(unit_path("d"));
    struct error err;
    int ready[2], done[2];
    char byte;
    assert_int_equal(pipe(ready), 0);
    assert_int_equal(pipe(done), 0);
    pid_t slow = fork();
    assert_true(slow >= 0);
    if (slow == 0) {
        const struct timespec long_ago[2] = {{.tv_sec = 1}, {.tv_sec = 1}};
        int fd = open(unit_path("d/.f.new"), O_CREAT | O_WRONLY, 0600);
        bool locked = fcntl(fd, F_SETLK, &(struct flock){.l_type = F_WRLCK}) == 0;
        close(done[1]);
        if (locked && futimens(fd, long_ago) == 0 && write(ready[1], "", 1) == 1)
            _exit(read(done[0], &byte, 1) == 0 ? 0 : 1);
        _exit(1);
    }
    close(ready[1]);
    assert_int_equal(read(ready[0], &byte, 1), 1);
    assert_false(private_file_write(&directory, "f", "x", 1, &err));
    assert_int_equal(err.code, PLATFORM_EXISTS);
    assert_string_equal(err.text, say("%s: exists already", unit_path("d/.f.new")));
    close(done[1]);
    int status;
    assert_int_equal(waitpid(slow, &status, 0), slow);
    assert_int_equal(status, 0);
    assert_true(private_file_write(&directory, "f", "x", 1, &err)); /* now he is gone */
    close(ready[0]);
    close(done[0]);
    private_directory_close(&directory);
}

/* Under the name that a new file has at first: a link leads nowhere that is written, and nobody
 * waits for whoever would read a FIFO. */
static void what_is_in_the_way_is_not_written(void **state)
{
    (void)state;
    struct private_directory directory = opened(unit_path("d"));
    struct error err;
    unit_text_file("theirs", "theirs");
    assert_int_equal(symlink(unit_path("theirs"), unit_path("d/.f.new")), 0);
    assert_false(private_file_write(&directory, "f", "x", 1, &err));
    assert_int_equal(err.code, PLATFORM_EXISTS);
    struct text text = unit_read(unit_path("theirs"));
    assert_string_equal(text.bytes, "theirs");
    text_free(&text);
    assert_int_equal(unlink(unit_path("d/.f.new")), 0);
    assert_int_equal(mkfifo(unit_path("d/.f.new"), 0600), 0);
    assert_false(private_file_write(&directory, "f", "x", 1, &err));
    assert_int_equal(err.code, PLATFORM_EXISTS);
    private_directory_close(&directory);
}

static void a_failed_write_leaves_nothing_behind(void **state)
{
    (void)state;
    struct private_directory directory = opened(unit_path("d"));
    struct error err;
    assert_int_equal(mkdir(unit_path("d/f"), 0700), 0); /* a file can't take its place */
    assert_false(private_file_write(&directory, "f", "x", 1, &err));
    assert_int_equal(entries(unit_path("d")), 1);
    char name[300] = {0};
    memset(name, 'n', sizeof name - 1);
    assert_false(private_file_write(&directory, name, "x", 1, &err));
    private_directory_close(&directory);
}

/* Readers see one of the whole files that writers made, at any time. */
static void writers_at_once_never_mix(void **state)
{
    (void)state;
    enum { WRITERS = 8, ROUNDS = 40, SIZE = 700 };
    struct private_directory directory = opened(unit_path("d"));
    char bytes[SIZE + 1] = {0};
    struct error err;
    memset(bytes, 'z', SIZE);
    assert_true(private_file_write(&directory, "f", bytes, SIZE, &err));
    pid_t children[WRITERS];
    for (int i = 0; i < WRITERS; i++) {
        children[i] = fork();
        assert_true(children[i] >= 0);
        if (children[i] == 0) {
            int mixed = 0;
            for (int round = 0; round < ROUNDS; round++) {
                struct text got = {0};
                memset(bytes, 'a' + i, SIZE);
                private_file_write(&directory, "f", bytes, SIZE, &err);
                if (!private_file_read(&directory, "f", SIZE, &got, &err) || got.length != SIZE ||
                    strspn(got.bytes, (char[]){got.bytes[0], '\0'}) != SIZE)
                    mixed++;
                text_free(&got);
            }
            _exit(mixed);
        }
    }
    for (int i = 0; i < WRITERS; i++) {
        int status;
        assert_int_equal(waitpid(children[i], &status, 0), children[i]);
        assert_true(WIFEXITED(status));
        assert_int_equal(WEXITSTATUS(status), 0);
    }
    assert_int_equal(entries(unit_path("d")), 1);
    private_directory_close(&directory);
}

/* ---- settings ---- */

/* The whole of it: owners, modes of the file and of its directory, as one who is root and as one
 * who is not. */
static void settings_are_of_whom_they_should_be(void **state)
{
    (void)state;
    static const uid_t users[] = {0, NOBODY, SOMEBODY};
    static const mode_t modes[] = {0644, 0640, 0600, 0400, 0664, 0646, 0666, 0622, 0602};
    static const mode_t directories[] = {0755, 0711, 0775, 0757, 0777, 01777};
    bool root = geteuid() == 0;
    const char *above = unit_path("s"), *path = unit_path("s/hyperv.ini");
    assert_int_equal(chmod(unit_path(""), 0711), 0);
    assert_int_equal(mkdir(above, 0755), 0);
    unit_text_file("s/hyperv.ini", "[x]\n");
    unsigned read = 0;
    for (size_t i = 0; i < 9 * (root ? 3 : 1); i++) /* who reads, whose file, whose directory */
        for (size_t m = 0; m < LENGTH(modes); m++)
            for (size_t d = 0; d < LENGTH(directories); d++) {
                uid_t reader = root ? users[i / 9] : geteuid();
                uid_t owner = root ? users[i / 3 % 3] : geteuid();
                uid_t holder = root ? users[i % 3] : geteuid();
                assert_int_equal(chown(path, owner, (gid_t)-1), 0);
                assert_int_equal(chmod(path, modes[m]), 0);
                assert_int_equal(chown(above, holder, (gid_t)-1), 0);
                assert_int_equal(chmod(above, directories[d]), 0);
                struct text text = {0};
                struct error err = {0};
                assert_true(!root || become(reader));
                bool got = settings_read(path, 100, &text, &err);
                assert_true(!root || become(0));
                /* the group of all of them is root's, which does not leave us */
                bool may = reader == 0 || (modes[m] & (reader == owner ? 0400 : 040));
                bool trusted = (owner == 0 || owner == reader) && !(modes[m] & 022) &&
                               (holder == 0 || holder == reader) && !(directories[d] & 022);
                assert_int_equal(got, may && trusted);
                if (!got)
                    assert_int_equal(err.code, may ? PLATFORM_REFUSED : PLATFORM_DENIED);
                else
                    assert_string_equal(text.bytes, "[x]\n");
                read += got;
                text_free(&text);
            }
    assert_true(read > 0);
}

static void settings_that_are_no_file(void **state)
{
    (void)state;
    struct text text = {0};
    struct error err;
    assert_int_equal(mkdir(unit_path("s"), 0700), 0);
    assert_int_equal(mkfifo(unit_path("s/fifo"), 0600), 0); /* must not hang */
    assert_false(settings_read(unit_path("s/fifo"), 100, &text, &err));
    assert_int_equal(err.code, PLATFORM_OTHER);
    assert_false(settings_read(unit_path("s/none"), 100, &text, &err));
    assert_int_equal(err.code, PLATFORM_ABSENT);
    /* the directory is looked at by whatever name: none, or the root's */
    unit_text_file("s/here", "h");
    assert_int_equal(chdir(unit_path("s")), 0);
    assert_true(settings_read("here", 100, &text, &err));
    assert_int_equal(chmod(unit_path("s"), 0777), 0);
    assert_false(settings_read("here", 100, &text, &err));
    assert_string_equal(err.text, ".: others can write to it");
    assert_int_equal(chmod(unit_path("s"), 0700), 0);
    assert_int_equal(chdir("/"), 0);
    struct file file;
    assert_true(file_open(unit_path("s/here"), &file, &err));
    assert_int_equal(platform_trusts("/here", &file, &err), root_is_private());
    file_close(&file);
    /* what a link leads to is looked at */
    unit_text_file("s/real", "r");
    assert_int_equal(symlink("real", unit_path("s/link")), 0);
    assert_true(settings_read(unit_path("s/link"), 100, &text, &err));
    assert_int_equal(chmod(unit_path("s/real"), 0666), 0);
    assert_false(settings_read(unit_path("s/link"), 100, &text, &err));
    assert_int_equal(err.code, PLATFORM_REFUSED);
    text_free(&text);
}

/* ---- places ---- */

static void the_environment_chooses_the_place(void **state)
{
    (void)state;
    static const struct {
        const char *mp, *systemd, *xdg, *home;
        const char *places[3];
    } cases[] = {
        {"/mp", "/sd", "/xdg", "/home/x", {"/mp"}},
        {NULL,
         "/sd",
         "/xdg",
         "/home/x",
         {"/sd", "/var/lib/monitoring-plugins-hyperv", "/xdg/monitoring-plugins-hyperv"}},
        {NULL, "/sd/a:/sd/b", NULL, NULL, {"/sd/a", "/var/lib/monitoring-plugins-hyperv"}},
        {"",
         "",
         "/xdg",
         "/home/x",
         {"/var/lib/monitoring-plugins-hyperv", "/xdg/monitoring-plugins-hyperv"}},
        {NULL,
         NULL,
         NULL,
         "/home/x",
         {"/var/lib/monitoring-plugins-hyperv", "/home/x/.local/state/monitoring-plugins-hyperv"}},
        {NULL, NULL, NULL, NULL, {"/var/lib/monitoring-plugins-hyperv"}},
    };
    static const char *const names[] = {"MP_STATE_PATH", "STATE_DIRECTORY", "XDG_STATE_HOME",
                                        "HOME"};
    for (size_t i = 0; i < LENGTH(cases); i++) {
        const char *const values[] = {cases[i].mp, cases[i].systemd, cases[i].xdg, cases[i].home};
        for (size_t k = 0; k < LENGTH(names); k++)
            assert_int_equal(values[k] ? setenv(names[k], values[k], 1) : unsetenv(names[k]), 0);
        unsigned long user = geteuid(); /* each has its own below */
        const struct state_place *place = platform_state_places(NULL, &arena);
        assert_non_null(place);
        for (size_t k = 0; k < LENGTH(cases[i].places) && cases[i].places[k]; k++, place++) {
            assert_string_equal(place->path, say("%s/%lu", cases[i].places[k], user));
            assert_int_equal(place->make_above, strncmp(place->path, "/var/", 5) != 0);
        }
        assert_null(place->path);
        place = platform_state_places("/named", &arena);
        assert_string_equal(place[0].path, say("/named/%lu", user));
        assert_null(place[1].path);
    }
}

static void the_host_has_its_name(void **state)
{
    (void)state;
    char name[256] = "";
    assert_int_equal(gethostname(name, sizeof name - 1), 0);
    assert_string_equal(platform_host(&arena), name);
}

RUN_TESTS(TEST(a_missing_directory_is_made_for_its_user_alone),
          TEST(why_a_directory_is_not_made_is_told), TEST(accounts_follow_each_other),
          TEST(nothing_is_made_above_in_anothers_directory),
          TEST(a_directory_that_others_can_write_is_refused), TEST(a_link_is_no_directory),
          TEST(the_root_directory_has_its_name), TEST(a_directory_of_another_user_is_refused),
          TEST(what_is_written_is_read), TEST(links_are_replaced_and_never_followed),
          TEST(what_others_could_have_written_is_not_read), TEST(only_small_regular_files_are_read),
          TEST(an_abandoned_write_is_cleared_away), TEST(a_slow_write_is_not_cleared_away),
          TEST(what_is_in_the_way_is_not_written), TEST(a_failed_write_leaves_nothing_behind),
          TEST(writers_at_once_never_mix), TEST(settings_are_of_whom_they_should_be),
          TEST(settings_that_are_no_file), TEST(the_environment_chooses_the_place),
          TEST(the_host_has_its_name));
