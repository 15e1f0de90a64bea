/* Whole lines over a socket: TCP carries bytes, and one recv() may bring half a line, or two lines and a half. */
#ifndef LINES_H
#define LINES_H

#include <stddef.h>

enum { LINE_MAX_BYTES = 1024 };

/* What has come on a socket and was not handed out yet. Start with { .fd = the socket }. */
struct lines {
    int fd;
    size_t used;
    char waiting[LINE_MAX_BYTES];
};

/*
 * Puts the next line into `line` (LINE_MAX_BYTES bytes), without its end and with a 0 behind it.
 * 1: there it is. 0: the other side has closed. -1: an error, or a line that is too long.
 */
int read_line(struct lines *lines, char *line);

/* Sends all of `length` bytes. 0 when all are on their way, -1 on an error. */
int send_all(int fd, const char *bytes, size_t length);

#endif
