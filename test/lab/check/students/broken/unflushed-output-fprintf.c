#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in sa = { .sin_family = AF_INET };
    char line[128];
    int lo = 1, hi = 100, guess = 0;

    if (argc != 3)
        return 1;
    sa.sin_port = htons(atoi(argv[2]));
    inet_pton(AF_INET, argv[1], &sa.sin_addr);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&sa, sizeof sa)) {
        perror("connect");
        return 1;
    }
    FILE *in = fdopen(fd, "r");
    FILE *out = fdopen(dup(fd), "w");
    while (fgets(line, sizeof line, in)) {
        printf("server: %s", line);
        if (strncmp(line, "GUESS", 5) == 0) {
            guess = (lo + hi) / 2;
            fprintf(out, "%d\n", guess);
        } else if (strncmp(line, "LOW", 3) == 0)
            lo = guess + 1;
        else if (strncmp(line, "HIGH", 4) == 0)
            hi = guess - 1;
        else
            break;
    }
    fclose(out);
    fclose(in);
    return 0;
}
