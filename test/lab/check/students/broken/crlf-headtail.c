/* Head or Tail, client side. Written on Windows, with \r\n as everywhere there. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

static int ends_with(const char *text, const char *end)
{
    size_t a = strlen(text), b = strlen(end);
    return a >= b && strcmp(text + a - b, end) == 0;
}

int main(void)
{
    struct sockaddr_in to = { 0 };
    int s = socket(AF_INET, SOCK_STREAM, 0);
    to.sin_family = AF_INET;
    to.sin_port = htons((unsigned short)atoi(getenv("PORT")));
    inet_pton(AF_INET, getenv("HOST"), &to.sin_addr);
    if (connect(s, (struct sockaddr *)&to, sizeof to) != 0) {
        fprintf(stderr, "cannot connect\n");
        return EXIT_FAILURE;
    }
    for (;;) {
        char text[2000] = "";
        size_t used = 0;
        while (!ends_with(text, " : ")) {
            ssize_t n = recv(s, text + used, sizeof text - 1 - used, 0);
            if (n <= 0) {
                printf("%s", text);
                close(s);
                return EXIT_SUCCESS;
            }
            used += (size_t)n;
            text[used] = '\0';
        }
        printf("%s", text);
        fflush(stdout);
        char typed[100];
        if (!fgets(typed, sizeof typed, stdin))
            return EXIT_SUCCESS;
        char out[4] = { (char)toupper((unsigned char)typed[0]), '\r', '\n', '\0' };
        send(s, out, 3, MSG_NOSIGNAL);
    }
}
