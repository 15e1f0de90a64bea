#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  int on = 1, l = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[1]))};
  setsockopt(l, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  bind(l, (struct sockaddr *)&a, sizeof a);
  listen(l, 5);
  setbuf(stdout, NULL);
  for (;;) {
    int s = accept(l, 0, 0), n, steps = 0;
    char command[100];
    while ((n = recv(s, command, sizeof command - 1, 0)) > 0) {
      command[n] = '\0';
      /* the command ends at the first line end */
      command[strcspn(command, "\r\n")] = '\0';
      if (!strcmp(command, "END")) break;
      printf("command %d: %s\n", ++steps, command);
    }
    close(s);
  }
}
