/* Guess client with read and write */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Reads a line without its end. Returns its length, or -1 if the connection is over. */
static int read_line(int fd, char *line, int size)
{
    int length = 0;
    for (;;) {
        char c;
        ssize_t n = read(fd, &c, 1);
        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return -1;
        if (c == '\n') {
            if (length > 0 && line[length - 1] == '\r')
                length--;
            line[length] = '\0';
            return length;
        }
        if (length < size - 1)
            line[length++] = c;
    }
}

static int write_all(int fd, const char *text)
{
    size_t left = strlen(text);
    while (left > 0) {
        ssize_t n = write(fd, text, left);
        if (n < 0)
            return -1;
        text += n;
        left -= (size_t)n;
    }
    return 0;
}

int main(int argc, char **argv)
{
    struct sockaddr_in server = { .sin_family = AF_INET };
    char word[64], typed[64], message[80];

    if (argc != 3) {
        fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
        return 2;
    }
    signal(SIGPIPE, SIG_IGN);
    server.sin_port = htons((unsigned short)atoi(argv[2]));
    if (inet_pton(AF_INET, argv[1], &server.sin_addr) != 1)
        return 2;
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (fd < 0 || connect(fd, (struct sockaddr *)&server, sizeof server) != 0) {
        perror("connect");
        return 1;
    }
    while (read_line(fd, word, sizeof word) >= 0) {
        if (strcmp(word, "GUESS") == 0) {
            printf("Your guess: ");
            fflush(stdout);
            if (fgets(typed, sizeof typed, stdin) == NULL)
                break;
            snprintf(message, sizeof message, "%d\n", atoi(typed));
            if (write_all(fd, message) < 0)
                break;
            continue;
        }
        puts(word);
        if (strcmp(word, "WIN") == 0 || strcmp(word, "GAMEOVER") == 0)
            break;
    }
    close(fd);
    return 0;
}
