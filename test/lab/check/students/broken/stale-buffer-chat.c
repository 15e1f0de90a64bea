/* Chat server that does not end a received line with '\0' */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char received[1024], typed[1024];
    int s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(s, (struct sockaddr *)&own, sizeof own) < 0 || listen(s, 1) < 0) {
        perror("bind");
        return 1;
    }
    int c = accept(s, NULL, NULL);
    memset(received, 0, sizeof received);
    for (;;) {
        printf("You: ");
        fflush(stdout);
        if (!fgets(typed, sizeof typed, stdin))
            break;
        send(c, typed, strlen(typed), 0);
        if (recv(c, received, sizeof received, 0) <= 0)
            break;
        printf("Client: %s\n", received);
        fflush(stdout);
    }
    close(c);
}
