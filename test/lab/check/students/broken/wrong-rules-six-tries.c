/* guess server, one process for each client */
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define TRIES 5

static int play(int fd)
{
    FILE *in = fdopen(fd, "r");
    FILE *out = fdopen(dup(fd), "w");
    char line[100];
    int secret, i;

    setvbuf(out, NULL, _IONBF, 0);
    srand(getpid());
    secret = rand() % 100 + 1;
    for (i = 0; i <= TRIES; i++) {
        fprintf(out, "GUESS\n");
        if (!fgets(line, sizeof line, in))
            return 1;
        int guess = atoi(line);
        if (guess == secret) {
            fprintf(out, "WIN\n");
            return 0;
        }
        fprintf(out, guess < secret ? "LOW\n" : "HIGH\n");
    }
    fprintf(out, "GAMEOVER\n");
    return 0;
}

int main(void)
{
    int one = 1;
    struct sockaddr_in me = { .sin_family = AF_INET, .sin_port = htons(9999), .sin_addr = { htonl(INADDR_ANY) } };
    int s = socket(AF_INET, SOCK_STREAM, 0);
    signal(SIGCHLD, SIG_IGN);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (bind(s, (struct sockaddr *)&me, sizeof me) || listen(s, 10)) {
        perror("server");
        return 1;
    }
    for (;;) {
        int c = accept(s, NULL, NULL);
        if (fork() == 0) {
            close(s);
            _exit(play(c));
        }
        close(c);
    }
}
