#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* asks the user for a number */
void ask(int *number)
{
    printf("Number (1..100): ");
    fflush(stdout);
    if (scanf("%d", number) != 1)
        exit(0);
}

int main(int argc, char **argv)
{
    struct sockaddr_in addr = { 0 };
    char message[32], reply[64];
    int number;

    if (argc != 3)
        return 1;
    addr.sin_family = AF_INET;
    addr.sin_port = htons(atoi(argv[2]));
    inet_aton(argv[1], &addr.sin_addr);
    int sock = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(sock, (struct sockaddr *)&addr, sizeof addr) == -1) {
        perror("connect");
        return 1;
    }
    FILE *server = fdopen(sock, "r");
    while (fgets(reply, sizeof reply, server) != NULL) {
        printf("%s", reply);
        if (strcmp(reply, "GUESS\n") == 0) {
            ask(&number);
            sprintf(message, "%ld\n", (long)&number);
            send(sock, message, strlen(message), 0);
        }
        if (strcmp(reply, "WIN\n") == 0 || strcmp(reply, "GAMEOVER\n") == 0)
            break;
    }
    fclose(server);
    return 0;
}
