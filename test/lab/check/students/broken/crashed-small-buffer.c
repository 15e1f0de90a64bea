#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* reads one line of at most max - 1 bytes; the rest of a longer line stays unread */
static int read_line(int s, char *line, int max) {
  int n = 0;
  while (n < max - 1 && recv(s, line + n, 1, 0) == 1 && line[n] != '\n') n++;
  line[n] = 0;
  return n;
}

int main(int argc, char **argv) {
  char line[16], typed[100];
  int s = socket(AF_INET, SOCK_STREAM, 0);
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
  inet_pton(AF_INET, argv[1], &server.sin_addr);
  if (argc < 3 || connect(s, (struct sockaddr *)&server, sizeof server) < 0) return 1;
  while (read_line(s, line, sizeof line) > 0) {
    if (strcmp(line, "GUESS") == 0) {
      printf("Enter guess (1-100): ");
      fflush(stdout);
      if (!fgets(typed, sizeof typed, stdin)) return 1;
      send(s, typed, strlen(typed), 0);
    } else if (strcmp(line, "LOW") == 0 || strcmp(line, "HIGH") == 0 || strncmp(line, "Please", 6) == 0) {
      printf("%s\n", line);
    } else if (strcmp(line, "WIN") == 0 || strcmp(line, "GAMEOVER") == 0) {
      printf("The game is over: %s\n", line);
      close(s);
      return 0;
    } else {
      printf("unknown message: %s\n", line);
      return 1;
    }
  }
  return 1;
}
