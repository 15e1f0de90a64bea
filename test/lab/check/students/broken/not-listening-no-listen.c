#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define PORT 12345

int main(void)
{
    struct sockaddr_in address = { 0 };
    socklen_t length = sizeof(address);
    int yes = 1;

    int server = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = INADDR_ANY;
    address.sin_port = htons(PORT);
    if (bind(server, (struct sockaddr *)&address, sizeof(address)) < 0) {
        perror("bind");
        exit(1);
    }
    printf("Server is running on port %d\n", PORT);
    while (1) {
        int client = accept(server, (struct sockaddr *)&address, &length);
        if (client < 0) {
            perror("accept");
            exit(1);
        }
        send(client, "Hello from server\n", 18, 0);
        close(client);
    }
}
