/* Guess server that ends for all clients if one client sends no number */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static void play(int c)
{
    FILE *in = fdopen(dup(c), "r");
    char line[256], *end;
    int secret = rand() % 100 + 1;
    for (int tries = 0; tries < 5; tries++) {
        dprintf(c, "GUESS\n");
        if (!fgets(line, sizeof line, in)) {
            fclose(in);
            return;
        }
        long guess = strtol(line, &end, 10);
        if (end == line) {
            fprintf(stderr, "not a number: %s", line);
            exit(1);
        }
        if (guess == secret) {
            dprintf(c, "WIN\n");
            fclose(in);
            return;
        }
        dprintf(c, guess < secret ? "LOW\n" : "HIGH\n");
    }
    dprintf(c, "GAMEOVER\n");
    fclose(in);
}

int main(int argc, char **argv)
{
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(s, (struct sockaddr *)&own, sizeof own) < 0 || listen(s, 5) < 0) {
        perror("bind");
        return 1;
    }
    srand(time(NULL));
    for (;;) {
        int c = accept(s, NULL, NULL);
        play(c);
        close(c);
    }
}
