#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(void)
{
    char host[64], line[64];
    int port, cell;
    struct sockaddr_in sa;

    printf("IP address of the server: ");
    if (scanf("%63s", host) != 1)
        return 1;
    printf("Port: ");
    if (scanf("%d", &port) != 1)
        return 1;
    memset(&sa, 0, sizeof sa);
    sa.sin_family = AF_INET;
    sa.sin_port = htons(port);
    sa.sin_addr.s_addr = inet_addr(host);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&sa, sizeof sa)) {
        perror("connect");
        return 1;
    }
    FILE *in = fdopen(fd, "r");
    while (fgets(line, sizeof line, in) && strncmp(line, "MOVE", 4) == 0) {
        printf("%s", line);
        fflush(stdout);
        dprintf(fd, "Your cell: ");
        if (scanf("%d", &cell) != 1)
            break;
        dprintf(fd, "MOVE%d\n", cell);
    }
    close(fd);
    return 0;
}
