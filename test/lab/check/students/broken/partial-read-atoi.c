/*
 * Guessing game, server.
 */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void say(int fd, const char *word)
{
    char line[64];
    int len = snprintf(line, sizeof line, "%s\n", word);
    write(fd, line, len);
}

static void game(int fd)
{
    int secret = rand() % 100 + 1;
    char buf[128];
    for (int tries = 0; tries < 5; tries++) {
        say(fd, "GUESS");
        ssize_t n = read(fd, buf, sizeof buf - 1);
        if (n <= 0)
            return;
        buf[n] = 0;
        int guess = atoi(buf);
        printf("guess %d\n", guess);
        if (guess == secret) {
            say(fd, "WIN");
            return;
        }
        say(fd, guess < secret ? "LOW" : "HIGH");
    }
    say(fd, "GAMEOVER");
}

int main(int argc, char **argv)
{
    int on = 1;
    signal(SIGPIPE, SIG_IGN);
    srand(time(NULL));
    int listener = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(argc > 1 ? atoi(argv[1]) : 9999) };
    addr.sin_addr.s_addr = INADDR_ANY;
    if (bind(listener, (struct sockaddr *)&addr, sizeof addr) != 0) {
        perror("bind");
        return 1;
    }
    listen(listener, 5);
    for (;;) {
        int fd = accept(listener, NULL, NULL);
        game(fd);
        close(fd);
    }
}
