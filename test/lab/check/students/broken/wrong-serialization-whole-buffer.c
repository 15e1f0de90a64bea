/* Program 1, server: says hello to every client */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define BUFFER_SIZE 64

int main(int argc, char *argv[])
{
    char buffer[BUFFER_SIZE] = { 0 };
    struct sockaddr_in address;
    int opt = 1, server_fd, new_socket;

    server_fd = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(server_fd, SOL_SOCKET, SO_REUSEADDR, &opt, sizeof(opt));
    memset(&address, 0, sizeof(address));
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(argc > 1 ? atoi(argv[1]) : 12345);
    if (bind(server_fd, (struct sockaddr *)&address, sizeof(address)) < 0) {
        perror("bind failed");
        exit(EXIT_FAILURE);
    }
    if (listen(server_fd, 3) < 0) {
        perror("listen");
        exit(EXIT_FAILURE);
    }
    while ((new_socket = accept(server_fd, NULL, NULL)) >= 0) {
        strcpy(buffer, "Hello from server\n");
        send(new_socket, buffer, BUFFER_SIZE, 0);
        close(new_socket);
    }
    return 0;
}
