/* tic-tac-toe, client. The socket is non-blocking, so that the program never freezes. */
#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static char text[500];
static int used = 0;

/* gets a line, or returns 0 */
static int get_line(int fd, char *line)
{
    int n = recv(fd, text + used, sizeof text - 1 - used, 0);
    if (n > 0)
        used += n;
    text[used] = '\0';
    char *end = strchr(text, '\n');
    if (end == NULL)
        return 0;
    *end = '\0';
    strcpy(line, text);
    used -= end + 1 - text;
    memmove(text, end + 1, used);
    return 1;
}

int main(int argc, char **argv)
{
    char line[500], typed[100];
    struct sockaddr_in sa = { .sin_family = AF_INET };
    if (argc < 3)
        return 1;
    sa.sin_port = htons(atoi(argv[2]));
    sa.sin_addr.s_addr = inet_addr(argv[1]);
    int fd = socket(AF_INET, SOCK_STREAM, 0);
    if (connect(fd, (struct sockaddr *)&sa, sizeof sa) < 0) {
        perror("connect");
        return 1;
    }
    fcntl(fd, F_SETFL, O_NONBLOCK);
    for (;;) {
        if (!get_line(fd, line))
            continue;
        printf("%s\nYour move: ", line);
        fflush(stdout);
        if (strcmp(line, "END") == 0 || !fgets(typed, sizeof typed, stdin))
            return 0;
        dprintf(fd, "MOVE%d\n", atoi(typed));
    }
}
