/* Whole lines over a socket: TCP carries bytes, and one recv() may return half a line, or two and a half lines. */
#ifndef LINES_H
#define LINES_H

#include <stddef.h>

enum { LINE_MAX_BYTES = 1024 };

/* The bytes of a socket that were received and not yet returned. Start with { .fd = the socket }. */
struct lines {
    int fd;
    size_t used;
    char waiting[LINE_MAX_BYTES];
};

/*
 * Puts the next line into `line` (LINE_MAX_BYTES bytes), without its end and with a 0 behind it.
 * Returns 1 if there is a line, 0 if the other side has closed, and -1 on an error or if the line is too long.
 */
int read_line(struct lines *lines, char *line);

/* Sends all `length` bytes. Returns 0 if the system has accepted all of them, -1 on an error. */
int send_all(int fd, const char *bytes, size_t length);

#endif
