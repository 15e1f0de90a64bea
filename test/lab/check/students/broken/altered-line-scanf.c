#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int main(int argc, char **argv) {
  struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  inet_pton(AF_INET, argv[1], &at.sin_addr);
  int s = socket(AF_INET, SOCK_STREAM, 0);
  if (connect(s, (struct sockaddr *)&at, sizeof at) < 0) { perror("connect"); return 1; }
  FILE *in = fdopen(s, "r");
  char line[1024], text[1024];
  while (fgets(line, sizeof line, in)) {
    printf("SERVER WROTE: %sINPUT CLIENT: ", line);
    fflush(stdout);
    if (scanf("%1000s", text) != 1) break;
    strcat(text, "\n");
    write(s, text, strlen(text));
  }
  close(s);
  return 0;
}
