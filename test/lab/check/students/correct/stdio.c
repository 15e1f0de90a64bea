/* Tic-tac-toe client over stdio: the first free cell */
#include <netdb.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const int lines[8][3] = { { 1, 2, 3 }, { 4, 5, 6 }, { 7, 8, 9 }, { 1, 4, 7 }, { 2, 5, 8 }, { 3, 6, 9 }, { 1, 5, 9 }, { 3, 5, 7 } };
static char board[10];

static int over(void)
{
    int used = 0;
    for (int i = 0; i < 8; i++) {
        char mark = board[lines[i][0]];
        if (mark && mark == board[lines[i][1]] && mark == board[lines[i][2]])
            return 1;
    }
    for (int cell = 1; cell <= 9; cell++)
        used += board[cell] != 0;
    return used == 9;
}

static int first_free(void)
{
    int cell = 1;
    while (board[cell])
        cell++;
    return cell;
}

int main(int argc, char **argv)
{
    struct addrinfo hints = { .ai_socktype = SOCK_STREAM }, *found;
    if (argc < 3 || getaddrinfo(argv[1], argv[2], &hints, &found) != 0) {
        fprintf(stderr, "usage: %s HOST PORT\n", argv[0]);
        return 2;
    }
    int fd = socket(found->ai_family, found->ai_socktype, found->ai_protocol);
    if (connect(fd, found->ai_addr, found->ai_addrlen) != 0) {
        perror("connect");
        return 1;
    }
    signal(SIGPIPE, SIG_IGN);
    FILE *in = fdopen(fd, "r");
    FILE *out = fdopen(dup(fd), "w");
    setvbuf(out, NULL, _IOLBF, 0);
    char line[256];
    while (fgets(line, sizeof line, in) && strncmp(line, "MOVE", 4) == 0) {
        int cell = atoi(line + 4);
        if (cell < 1 || cell > 9 || board[cell]) {
            fprintf(stderr, "the server made a move that is not allowed\n");
            break;
        }
        board[cell] = 'O';
        if (over())
            break;
        cell = first_free();
        board[cell] = 'X';
        if (fprintf(out, "MOVE%d\n", cell) < 0)
            break;
        printf("server: %s", line);
        printf("client: MOVE%d\n", cell);
        if (over())
            break;
    }
    fclose(out);
    fclose(in);
    freeaddrinfo(found);
    return 0;
}
