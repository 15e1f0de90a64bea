/* Tic-tac-toe, client. cc -o client client.c; ./client 127.0.0.1 3456 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define SIZE 256

int main(int argc, char *argv[])
{
    int sock;
    char buffer[SIZE];
    struct sockaddr_in server;

    if (argc < 3) {
        printf("usage: client HOST PORT\n");
        return 1;
    }
    sock = socket(AF_INET, SOCK_STREAM, 0);
    memset(&server, 0, sizeof(server));
    server.sin_family = AF_INET;
    server.sin_port = htons(atoi(argv[2]));
    server.sin_addr.s_addr = inet_addr(argv[1]);
    if (connect(sock, (struct sockaddr *)&server, sizeof(server)) < 0) {
        perror("connect");
        return 1;
    }
    while (1) {
        int n = recv(sock, buffer, SIZE - 1, 0);
        if (n <= 0)
            break;
        buffer[n] = '\0';
        printf("Server: %s\n", buffer);
        if (strncmp(buffer, "MOVE", 4) != 0)
            break;
        printf("Your move (1-9): ");
        fflush(stdout);
        if (fgets(buffer, SIZE, stdin) == NULL)
            break;
        int cell = atoi(buffer);
        sprintf(buffer, "MOVE%d", cell);
        send(sock, buffer, strlen(buffer), 0);
    }
    close(sock);
    return 0;
}
