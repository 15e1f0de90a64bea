#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char *argv[])
{
    struct sockaddr_in servaddr;
    const char *hello = "Hello from server\n";

    int listenfd = socket(AF_INET, SOCK_STREAM, 0);
    memset(&servaddr, 0, sizeof(servaddr));
    servaddr.sin_family = AF_INET;
    servaddr.sin_addr.s_addr = htonl(INADDR_ANY);
    servaddr.sin_port = htons(argc > 1 ? atoi(argv[1]) : 12345);
    if (bind(listenfd, (struct sockaddr *)&servaddr, sizeof(servaddr)) == -1) {
        perror("bind");
        return 1;
    }
    listen(listenfd, 10);
    for (;;) {
        int connfd = accept(listenfd, NULL, NULL);
        write(connfd, hello, strlen(hello));
        shutdown(connfd, SHUT_RDWR);
        close(connfd);
    }
}
