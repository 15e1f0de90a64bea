/* Five guesses. I always send five. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    struct sockaddr_in server = { .sin_family = AF_INET };
    char line[64] = "";
    int tries = 0;

    if (argc < 3)
        return 1;
    server.sin_port = htons(atoi(argv[2]));
    server.sin_addr.s_addr = inet_addr(argv[1]);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&server, sizeof server) != 0) {
        puts("no server");
        return 1;
    }
    FILE *in = fdopen(fd, "r");
    while (tries <= 6) {
        char *got = fgets(line, sizeof line, in);
        if (got)
            fputs(line, stdout);
        if (!got || strcmp(line, "GUESS\n") == 0) {
            char guess[8];
            snprintf(guess, sizeof guess, "%d\n", 10 * ++tries);
            write(fd, guess, strlen(guess));
            usleep(100000);
        }
    }
    return 0;
}
