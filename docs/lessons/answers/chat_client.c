/*
 * Talks with a server in turn, until one side says "quit": ./chat_client HOST PORT
 */
#define _POSIX_C_SOURCE 200809L

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

static int connect_to(const char *host, const char *port)
{
    struct sockaddr_in server = { .sin_family = AF_INET, .sin_port = htons((unsigned short)atoi(port)) };
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (inet_pton(AF_INET, host, &server.sin_addr) != 1 || connect(fd, (struct sockaddr *)&server, sizeof server) != 0) {
        perror("cannot connect");
        exit(1);
    }
    return fd;
}

int main(int argc, char **argv)
{
    if (argc != 3) {
        fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
        return 2;
    }
    int fd = connect_to(argv[1], argv[2]);
    FILE *from_server = fdopen(fd, "r"); /* reads whole lines, however TCP has cut them */
    char *line = NULL;
    size_t size = 0;

    while (getline(&line, &size, from_server) > 0) { /* the server begins */
        printf("server: %s", line);
        if (strcmp(line, "quit\n") == 0)
            break;
        printf("you: ");
        fflush(stdout);
        if (getline(&line, &size, stdin) <= 0)
            break;
        dprintf(fd, "%s", line); /* with the line end, which getline() includes */
        if (strcmp(line, "quit\n") == 0)
            break;
    }
    free(line);
    fclose(from_server);
    return 0;
}
