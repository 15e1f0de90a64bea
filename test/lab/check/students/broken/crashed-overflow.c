/* Program 2: client. Prints the hello of the server. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct message {
    char text[64];
    int length;
};

static void receive(int fd, struct message *m)
{
    char c;
    m->length = 0;
    while (read(fd, &c, 1) == 1 && c != '\n')
        m->text[m->length++] = c;
    m->text[m->length] = '\0';
}

int main(int argc, char **argv)
{
    struct message hello;
    struct sockaddr_in a = { .sin_family = AF_INET };
    if (argc < 3)
        return 1;
    a.sin_port = htons(atoi(argv[2]));
    a.sin_addr.s_addr = inet_addr(argv[1]);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&a, sizeof a) < 0) {
        perror("connect");
        return 1;
    }
    receive(fd, &hello);
    printf("%s\n", hello.text);
    close(fd);
    return 0;
}
