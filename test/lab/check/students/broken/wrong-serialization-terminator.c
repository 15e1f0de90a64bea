/* client for the guessing game, with automatic guesses */
#include <netinet/in.h>
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct sockaddr_in sin;
    char line[50], answer[50];
    int low = 1, high = 100, guess = 50;
    (void)argc;

    int s = socket(PF_INET, SOCK_STREAM, 0);
    sin.sin_family = AF_INET;
    sin.sin_port = htons(atoi(argv[2]));
    sin.sin_addr.s_addr = inet_addr(argv[1]);
    if (connect(s, (void *)&sin, sizeof sin)) {
        perror("connect");
        return 1;
    }
    FILE *f = fdopen(s, "r");
    while (fgets(line, sizeof line, f)) {
        if (!strcmp(line, "GUESS\n")) {
            guess = (low + high) / 2;
            sprintf(answer, "%d\n", guess);
            write(s, answer, strlen(answer) + 1);
        } else if (!strcmp(line, "LOW\n"))
            low = guess + 1;
        else if (!strcmp(line, "HIGH\n"))
            high = guess - 1;
        else
            break;
    }
    printf("%s", line);
    return 0;
}
