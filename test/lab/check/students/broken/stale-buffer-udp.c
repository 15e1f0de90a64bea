/* Time server over UDP that does not end the received format with '\0' */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

int main(int argc, char **argv)
{
    static char format[2048], answer[16384];
    struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (bind(s, (struct sockaddr *)&own, sizeof own) < 0) {
        perror("bind");
        return 1;
    }
    for (;;) {
        struct sockaddr_in from;
        socklen_t length = sizeof from;
        ssize_t n = recvfrom(s, format, sizeof format, 0, (struct sockaddr *)&from, &length);
        if (n < 0) {
            perror("recvfrom");
            continue;
        }
        time_t now = time(NULL);
        size_t size = strftime(answer, sizeof answer, format, localtime(&now));
        if (size > 0)
            sendto(s, answer, size, 0, (struct sockaddr *)&from, length);
    }
}
