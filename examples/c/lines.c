#define _POSIX_C_SOURCE 200809L

#include "lines.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>

#ifndef MSG_NOSIGNAL
#define MSG_NOSIGNAL 0
#endif

int read_line(struct lines *lines, char *line)
{
    for (;;) {
        char *end = memchr(lines->waiting, '\n', lines->used);
        if (end != NULL) {
            size_t length = (size_t)(end - lines->waiting);
            memcpy(line, lines->waiting, length);
            line[length] = '\0';
            if (length > 0 && line[length - 1] == '\r')
                line[length - 1] = '\0';
            /* The bytes behind the line stay in the buffer for the next call. */
            lines->used -= length + 1;
            memmove(lines->waiting, end + 1, lines->used);
            return 1;
        }
        if (lines->used == sizeof lines->waiting)
            return -1;
        ssize_t got = recv(lines->fd, lines->waiting + lines->used, sizeof lines->waiting - lines->used, 0);
        if (got <= 0)
            return (int)got;
        lines->used += (size_t)got;
    }
}

int send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        /* send() may take only a part; without MSG_NOSIGNAL, a peer that has closed would end this program. */
        ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);
        if (sent < 0)
            return -1;
        bytes += sent;
        length -= (size_t)sent;
    }
    return 0;
}
