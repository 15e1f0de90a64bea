#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <netdb.h>
#include <sys/types.h>
#include <sys/socket.h>

void error(const char *msg)
{
    perror(msg);
    exit(1);
}

int main(void)
{
    struct addrinfo hints, *res;
    char buffer[1000];
    int sockfd;

    memset(&hints, 0, sizeof hints);
    hints.ai_family = AF_INET;
    hints.ai_socktype = SOCK_STREAM;
    if (getaddrinfo("127.0.0.1", "9999", &hints, &res) != 0)
        error("getaddrinfo");
    sockfd = socket(res->ai_family, res->ai_socktype, res->ai_protocol);
    if (connect(sockfd, res->ai_addr, res->ai_addrlen) == -1)
        error("connect");

    for (;;) {
        memset(buffer, 0, sizeof buffer);
        if (read(sockfd, buffer, sizeof buffer - 1) <= 0)
            break;
        if (strcmp(buffer, "GUESS\n") == 0) {
            int number;
            printf("your guess> ");
            fflush(stdout);
            if (scanf("%d", &number) != 1)
                break;
            dprintf(sockfd, "%d\n", number);
        } else if (strcmp(buffer, "LOW\n") == 0)
            printf("too low\n");
        else if (strcmp(buffer, "HIGH\n") == 0)
            printf("too high\n");
        else if (strcmp(buffer, "WIN\n") == 0) {
            printf("you win\n");
            break;
        } else if (strcmp(buffer, "GAMEOVER\n") == 0) {
            printf("you lose\n");
            break;
        }
    }
    close(sockfd);
    freeaddrinfo(res);
    return 0;
}
