#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    int sockfd, guess, n = 0;
    char word[32], c;
    struct sockaddr_in serv_addr;

    if (argc < 3) {
        fprintf(stderr, "usage %s hostname port\n", argv[0]);
        exit(0);
    }
    sockfd = socket(AF_INET, SOCK_STREAM, 0);
    bzero((char *)&serv_addr, sizeof(serv_addr));
    serv_addr.sin_family = AF_INET;
    inet_pton(AF_INET, argv[1], &serv_addr.sin_addr);
    serv_addr.sin_port = htons(atoi(argv[2]));
    if (connect(sockfd, (struct sockaddr *)&serv_addr, sizeof(serv_addr)) < 0) {
        perror("ERROR connecting");
        exit(1);
    }
    while (read(sockfd, &c, 1) == 1) {
        if (c != '\n') {
            if (n < 31)
                word[n++] = c;
            continue;
        }
        word[n] = '\0';
        n = 0;
        printf("%s\n", word);
        if (strcmp(word, "GUESS") == 0) {
            printf("Please enter the number: ");
            fflush(stdout);
            if (scanf("%d", &guess) != 1)
                exit(1);
            write(sockfd, &guess, sizeof(guess));
        }
        if (strcmp(word, "WIN") == 0 || strcmp(word, "GAMEOVER") == 0)
            break;
    }
    close(sockfd);
    return 0;
}
