/* Number server that does not end a received guess with '\0' */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    char guess[32] = "";
    int secret = 41, s = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(s, (struct sockaddr *)&own, sizeof own) < 0 || listen(s, 1) < 0) {
        perror("bind");
        return 1;
    }
    int c = accept(s, NULL, NULL);
    while (recv(c, guess, sizeof guess - 1, 0) > 0) {
        int number = atoi(guess);
        const char *answer = number < secret ? "Too small!" : number > secret ? "Too big!" : "Exactly! You win!";
        send(c, answer, strlen(answer), 0);
    }
    close(c);
    return 0;
}
