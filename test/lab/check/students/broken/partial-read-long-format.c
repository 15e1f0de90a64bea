#include <arpa/inet.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

int main(int argc, char **argv)
{
    struct sockaddr_in own = {0}, client;
    char format[101], answer[2048];
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    own.sin_family = AF_INET;
    own.sin_port = htons(atoi(argv[1]));
    bind(s, (struct sockaddr *)&own, sizeof own);
    for (;;) {
        socklen_t size = sizeof client;
        int n = recvfrom(s, format, 100, 0, (struct sockaddr *)&client, &size);
        if (n < 0) continue;
        format[n] = 0;
        time_t now = time(NULL);
        n = strftime(answer, sizeof answer, format, localtime(&now));
        sendto(s, answer, n, 0, (struct sockaddr *)&client, size);
    }
}
