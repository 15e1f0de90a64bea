/*
 * A parrot that speaks tjc/chat: it sends a line, receives a line, and sends that line back.
 *
 *     cc -o parrot_server parrot_server.c lines.c
 *     ./parrot_server HOST PORT          (PORT 0: any that is free)
 *
 * It is an iterative server: a client that connects during another client's conversation has to wait.
 */
#define _POSIX_C_SOURCE 200809L

#include "lines.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Returns a socket that listens at an address, or -1, and sets `*port` to its port. */
static int listen_at(const char *host, int *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((unsigned short)*port) };
    socklen_t length = sizeof at;
    int yes = 1;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0)
        return -1;
    /* Without this option the system reserves the port for about a minute after the server has stopped. */
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (inet_pton(AF_INET, host, &at.sin_addr) != 1 || bind(fd, (struct sockaddr *)&at, sizeof at) != 0 || listen(fd, 16) != 0 ||
        getsockname(fd, (struct sockaddr *)&at, &length) != 0) {
        close(fd);
        return -1;
    }
    *port = ntohs(at.sin_port);
    return fd;
}

/* Talks with one client until it disconnects. */
static void talk(int fd)
{
    struct lines lines = { .fd = fd };
    char heard[LINE_MAX_BYTES];
    const char *line = "Hello, I am a parrot. Say something!";

    do {
        char said[LINE_MAX_BYTES + 1];
        int length = snprintf(said, sizeof said, "%s\n", line);
        if (send_all(fd, said, (size_t)length) != 0)
            return;
        line = heard;
    } while (read_line(&lines, heard) == 1);
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
        return 2;
    }
    int port = atoi(argv[2]);
    int listener = listen_at(argv[1], &port);
    if (listener < 0) {
        perror("cannot listen");
        return 1;
    }
    printf("Listening on %s %d\n", argv[1], port);
    fflush(stdout);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        if (fd < 0)
            continue;
        talk(fd);
        close(fd);
        printf("a client has left\n");
        fflush(stdout);
    }
}
