/* Records what a process does to the files below one folder, for the power-cut replay (see recorder.py).
 *
 * Preloaded with LD_PRELOAD. HEARD_TRACE names the trace file, HEARD_TRACE_ROOT the folder. Each call is made first and
 * recorded after it returned, under one lock, so the order of the trace is the order of completion. Also recorded: what
 * is written to file descriptor 1, which the writer uses to say what it has acknowledged.
 *
 * A record: operation (1 byte), flags (1), inode (8), offset or length (8), length of the data (8), data.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FDS_MAX 1024
#define DSYNC 1

struct known { uint64_t inode; unsigned char ours, flags; };

static struct known fds[FDS_MAX];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int trace = -1;
static const char *root;
static size_t root_length;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    const char *path = getenv("HEARD_TRACE");
    root = getenv("HEARD_TRACE_ROOT");
    if (!path || !root) return;
    root_length = strlen(root);
    trace = (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_APPEND | O_CLOEXEC, 0600);
    unsetenv("LD_PRELOAD"); /* children write nothing that matters */
}

static int ours(const char *path) { return trace >= 0 && root && !strncmp(path, root, root_length); }

static void record(char operation, unsigned char flags, uint64_t inode, uint64_t at, const struct iovec *data, int count) {
    char head[26];
    uint64_t length = 0;
    for (int i = 0; i < count; i++) length += data[i].iov_len;
    head[0] = operation;
    head[1] = (char)flags;
    memcpy(head + 2, &inode, 8);
    memcpy(head + 10, &at, 8);
    memcpy(head + 18, &length, 8);
    struct iovec all[65];
    all[0] = (struct iovec){head, sizeof head};
    for (int i = 0; i < count && i < 64; i++) all[i + 1] = data[i];
    if (syscall(SYS_writev, trace, all, count + 1) < 0) abort();
}

static void record_paths(char operation, unsigned char flags, uint64_t inode, const char *one, const char *two) {
    struct iovec data[3] = {{(void *)one, strlen(one)}, {"\n", 1}, {(void *)(two ? two : ""), two ? strlen(two) : 0}};
    pthread_mutex_lock(&lock);
    record(operation, flags, inode, 0, data, two ? 3 : 1);
    pthread_mutex_unlock(&lock);
}

static struct known *of(int fd) { return fd >= 0 && fd < FDS_MAX && fds[fd].ours ? &fds[fd] : NULL; }

static int opened(int fd, const char *path, int flags) {
    if (fd < 0 || fd >= FDS_MAX) return fd;
    fds[fd].ours = 0;
    if (ours(path)) {
        struct stat about;
        fstat(fd, &about);
        fds[fd] = (struct known){about.st_ino, 1, (flags & O_DSYNC) ? DSYNC : 0};
        if (flags & (O_CREAT | O_TRUNC)) record_paths('O', (flags & O_TRUNC) ? 1 : 0, about.st_ino, path, NULL);
    }
    return fd;
}

#define OPEN(name)                                                                                      \
    int name(const char *path, int flags, ...) {                                                        \
        mode_t mode = 0;                                                                                \
        if (flags & O_CREAT) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); } \
        return opened(REAL(name)(path, flags, mode), path, flags);                                      \
    }
OPEN(open)
OPEN(open64)

static void wrote(int fd, off_t at, const struct iovec *data, int count, ssize_t done) {
    struct known *file = of(fd);
    if (!file || done <= 0) return;
    struct iovec cut[64];
    size_t left = (size_t)done;
    int used = 0;
    for (int i = 0; i < count && i < 64 && left; i++) {
        size_t size = data[i].iov_len < left ? data[i].iov_len : left;
        cut[used++] = (struct iovec){data[i].iov_base, size};
        left -= size;
    }
    pthread_mutex_lock(&lock);
    record('W', file->flags, file->inode, (uint64_t)at, cut, used);
    pthread_mutex_unlock(&lock);
}

#define PWRITE(name, offset)                                                \
    ssize_t name(int fd, const void *data, size_t size, offset at) {        \
        ssize_t done = REAL(name)(fd, data, size, at);                      \
        struct iovec one = {(void *)data, size};                            \
        wrote(fd, at, &one, 1, done);                                       \
        return done;                                                        \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

#define PWRITEV(name, offset)                                                    \
    ssize_t name(int fd, const struct iovec *data, int count, offset at) {       \
        ssize_t done = REAL(name)(fd, data, count, at);                          \
        wrote(fd, at, data, count, done);                                        \
        return done;                                                             \
    }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

ssize_t writev(int fd, const struct iovec *data, int count) {
    off_t at = of(fd) ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t done = REAL(writev)(fd, data, count);
    wrote(fd, at, data, count, done);
    return done;
}

ssize_t write(int fd, const void *data, size_t size) {
    struct iovec one = {(void *)data, size};
    if (fd == 1 && trace >= 0) {
        pthread_mutex_lock(&lock);
        record('A', 0, 0, 0, &one, 1);
        pthread_mutex_unlock(&lock);
    }
    off_t at = of(fd) ? lseek(fd, 0, SEEK_CUR) : 0;
    ssize_t done = REAL(write)(fd, data, size);
    wrote(fd, at, &one, 1, done);
    return done;
}

#define SYNC(name)                                                          \
    int name(int fd) {                                                      \
        int done = REAL(name)(fd);                                          \
        struct known *file = of(fd);                                        \
        if (file && !done) {                                                \
            pthread_mutex_lock(&lock);                                      \
            record('S', 0, file->inode, 0, NULL, 0);                        \
            pthread_mutex_unlock(&lock);                                    \
        }                                                                   \
        return done;                                                        \
    }
SYNC(fsync)
SYNC(fdatasync)

#define TRUNCATE(name, offset)                                              \
    int name(int fd, offset size) {                                         \
        int done = REAL(name)(fd, size);                                    \
        struct known *file = of(fd);                                        \
        if (file && !done) {                                                \
            pthread_mutex_lock(&lock);                                      \
            record('T', 0, file->inode, (uint64_t)size, NULL, 0);           \
            pthread_mutex_unlock(&lock);                                    \
        }                                                                   \
        return done;                                                        \
    }
TRUNCATE(ftruncate, off_t)
TRUNCATE(ftruncate64, off64_t)

int close(int fd) {
    if (fd >= 0 && fd < FDS_MAX) fds[fd].ours = 0;
    return REAL(close)(fd);
}

int rename(const char *from, const char *to) {
    int done = REAL(rename)(from, to);
    if (!done && ours(from)) record_paths('R', 0, 0, from, to);
    return done;
}

int unlink(const char *path) {
    int done = REAL(unlink)(path);
    if (!done && ours(path)) record_paths('U', 0, 0, path, NULL);
    return done;
}

int mkdir(const char *path, mode_t mode) {
    int done = REAL(mkdir)(path, mode);
    if (!done && ours(path)) {
        struct stat about;
        stat(path, &about);
        record_paths('M', 0, about.st_ino, path, NULL);
    }
    return done;
}
