/*
 * Plays tjc/guess by halving.
 *
 *     cc -o guess_client guess_client.c lines.c
 *     ./guess_client HOST PORT
 */
#define _POSIX_C_SOURCE 200809L

#include "lines.h"

#include <netdb.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/types.h>
#include <unistd.h>

/* Returns a socket that is connected to a host and port, or -1. A name may have several addresses: the first that answers is used. */
static int connect_to(const char *host, const char *port)
{
    struct addrinfo hints = { .ai_family = AF_UNSPEC, .ai_socktype = SOCK_STREAM };
    struct addrinfo *found = NULL;
    if (getaddrinfo(host, port, &hints, &found) != 0)
        return -1;
    int fd = -1;
    for (struct addrinfo *at = found; at != NULL && fd < 0; at = at->ai_next) {
        fd = socket(at->ai_family, at->ai_socktype, at->ai_protocol);
        if (fd >= 0 && connect(fd, at->ai_addr, at->ai_addrlen) != 0) {
            close(fd);
            fd = -1;
        }
    }
    freeaddrinfo(found);
    return fd;
}

/* Plays one game. Returns 0 if the game ended, won or lost; 1 otherwise. */
static int play(int fd)
{
    struct lines lines = { .fd = fd };
    char word[LINE_MAX_BYTES];
    int low = 1, high = 100, guess = 0;

    while (read_line(&lines, word) == 1) {
        if (strcmp(word, "GUESS") == 0) {
            char text[16];
            guess = (low + high) / 2;
            int length = snprintf(text, sizeof text, "%d\n", guess);
            if (send_all(fd, text, (size_t)length) != 0)
                break;
        } else if (strcmp(word, "LOW") == 0) {
            printf("%d is too low\n", guess);
            low = guess + 1;
        } else if (strcmp(word, "HIGH") == 0) {
            printf("%d is too high\n", guess);
            high = guess - 1;
        } else if (strcmp(word, "WIN") == 0) {
            printf("%d is right\n", guess);
            return 0;
        } else if (strcmp(word, "GAMEOVER") == 0) {
            printf("no guess is left; the number was from %d to %d\n", low, high);
            return 0;
        } else {
            fprintf(stderr, "the server sent \"%s\", which is not a word of this protocol\n", word);
            return 1;
        }
    }
    fprintf(stderr, "the connection ended before the game did\n");
    return 1;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
        return 2;
    }
    int fd = connect_to(argv[1], argv[2]);
    if (fd < 0) {
        fprintf(stderr, "cannot connect to %s, port %s\n", argv[1], argv[2]);
        return 1;
    }
    int result = play(fd);
    close(fd);
    return result;
}
