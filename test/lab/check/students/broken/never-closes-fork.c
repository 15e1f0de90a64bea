#include <arpa/inet.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void play(int s, int secret) {
  FILE *in = fdopen(dup(s), "r");
  char line[100];
  for (int tries = 0; tries < 5; tries++) {
    dprintf(s, "GUESS\n");
    if (!fgets(line, sizeof line, in)) return;
    int guess = atoi(line);
    if (guess == secret) {
      dprintf(s, "WIN\n");
      return;
    }
    dprintf(s, guess < secret ? "LOW\n" : "HIGH\n");
  }
  dprintf(s, "GAMEOVER\n");
}

int main(int argc, char **argv) {
  int on = 1, l = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  signal(SIGPIPE, SIG_IGN);
  setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  bind(l, (struct sockaddr *)&a, sizeof a);
  listen(l, 5);
  for (;;) {
    int s = accept(l, 0, 0);
    if (fork() == 0) {
      close(l);
      play(s, 40);
      close(s);
      exit(0);
    }
    /* the parent still has s */
  }
}
