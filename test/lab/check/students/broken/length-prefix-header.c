/* tic-tac-toe client; every message has a header with its length, as we learned in the lecture */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static int send_message(int fd, const char *text)
{
    uint32_t length = htonl((uint32_t)strlen(text));
    if (write(fd, &length, sizeof length) != sizeof length)
        return -1;
    return write(fd, text, strlen(text)) < 0 ? -1 : 0;
}

int main(int argc, char *argv[])
{
    struct sockaddr_in a = { .sin_family = AF_INET };
    if (argc != 3)
        return 2;
    a.sin_port = htons(atoi(argv[2]));
    a.sin_addr.s_addr = inet_addr(argv[1]);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof a)) {
        perror(argv[0]);
        return 1;
    }
    FILE *in = fdopen(fd, "r");
    char line[80];
    while (fgets(line, sizeof line, in) && strncmp(line, "MOVE", 4) == 0) {
        char mine[20];
        int cell;
        printf("they take %d; you take: ", atoi(line + 4));
        fflush(stdout);
        if (scanf("%d", &cell) != 1)
            break;
        snprintf(mine, sizeof mine, "MOVE%d\n", cell);
        if (send_message(fd, mine) < 0)
            break;
    }
    fclose(in);
    return 0;
}
