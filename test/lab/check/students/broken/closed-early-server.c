/* Guess server. Version 3 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int read_number(int client)
{
    char text[20];
    int i = 0;
    while (i < 19 && read(client, text + i, 1) == 1 && text[i] != '\n')
        i++;
    text[i] = '\0';
    return atoi(text);
}

void put(int client, char *text)
{
    send(client, text, strlen(text), MSG_NOSIGNAL);
}

int main(int argc, char *argv[])
{
    int yes = 1, secret = 37;
    struct sockaddr_in addr = { 0 };
    int server = socket(AF_INET, SOCK_STREAM, 0);
    setsockopt(server, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(int));
    addr.sin_family = AF_INET;
    addr.sin_port = htons(argc > 1 ? atoi(argv[1]) : 9999);
    if (bind(server, (struct sockaddr *)&addr, sizeof(addr)) < 0 || listen(server, 1) < 0) {
        perror("server");
        return 1;
    }
    while (1) {
        int client = accept(server, NULL, NULL);
        int tries = 5;
        while (tries--) {
            put(client, "GUESS\n");
            int guess = read_number(client);
            if (guess == secret) {
                put(client, "WIN\n");
                break;
            }
            if (guess < secret)
                put(client, "LOW\n");
            else
                put(client, "HIGH\n");
            break;
        }
        close(client);
    }
}
