/*
 * The load of the benchmark: N clients at the same time against a server on 127.0.0.1, one message in flight each.
 *
 *   load guess|tictactoe record|replay FILE PORT CONNECTIONS GAMES SEED    plays games, and prints one line of JSON
 *   load pace|echo PORT CONNECTIONS WARM_MS MEASURE_MS SEED                plays for some time, and prints one line of JSON
 *   load idle PORT CONNECTIONS                                             connects, reads the greeting, and waits for the end of input
 *
 * In games, a client whose game is over connects again and plays the next one. `record` writes the games to FILE, a line for
 * each in the order of connecting: the secret number of guess, or the cells of tic-tac-toe in the order of their moves.
 * `replay` plays the games of FILE again, and counts an error for each answer that differs from the recorded one; the server
 * has to know which game its n-th client plays. In echo, the same connections send line after line; in pace, the clients play
 * tic-tac-toe, and each of them moves once a second, at its own moment within the second.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MAX_SAMPLES (8 * 1000 * 1000)
#define MAX_CONNECTIONS 20000
#define MAX_GAMES (1000 * 1000)
#define CELLS 9
#define AT_ONCE 1000 /* unanswered connections while many are opened: fewer than a server's backlog */
#define PERIOD 1000000000u /* nanoseconds between two moves of one client, in pace */
#define LINE "a line of text, as a person types\n"

enum game { GUESS, TICTACTOE, ECHO, IDLE };

struct client {
  int fd;
  int have; /* bytes in `in` */
  int over; /* the game is over, and the server closes */
  int low, high, guess;
  uint64_t asked; /* when the message in flight was sent; 0 for none */
  int thinks;     /* the client moves at its next moment */
  uint64_t late;  /* the moment that passed while the client waited for its turn; 0 for none */
  int cell;       /* the next move */
  int moves;      /* moves of both players so far */
  char *record;   /* the record of this game; NULL if games are neither recorded nor replayed */
  char board[CELLS];
  char in[256];
};

static enum game game;
static int paced;
static uint64_t first_moment, moment; /* the moments of all clients in order: time of the first, number so far */
static int players;
static struct sockaddr_in server;
static int epoll_fd, open_clients, ending, greeted;
static uint64_t messages, games, errors, from, until;
static uint64_t sent_bytes, received_bytes, received_lines;
static char records[MAX_GAMES][CELLS + 1]; /* each ends with a zero */
static int replaying, limit, started;      /* games to play, 0 for no limit, and games that have begun */
static uint32_t *samples, taken, seed;
static struct client clients[MAX_CONNECTIONS];

static uint64_t now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static uint32_t chance(uint32_t below) {
  seed ^= seed << 13;
  seed ^= seed >> 17;
  seed ^= seed << 5;
  return seed % below;
}

static void send_text(struct client *c, const char *text, int length) {
  c->asked = now();
  if (send(c->fd, text, (size_t)length, MSG_NOSIGNAL) != length) errors++;
  sent_bytes += (uint64_t)length;
}

static void record_answer(struct client *c) {
  if (c->asked == 0) return;
  uint64_t at = now();
  messages++;
  if (at >= from && at < until && taken < MAX_SAMPLES) samples[taken++] = (uint32_t)(at - c->asked);
  c->asked = 0;
}

static void start(struct client *c) {
  int one = 1;
  uint64_t late = c->late;
  memset(c, 0, sizeof *c);
  c->late = late;
  c->low = 1;
  c->high = 100;
  memset(c->board, '-', CELLS);
  c->record = limit == 0 ? NULL : records[started];
  started++;
  c->fd = socket(AF_INET, SOCK_STREAM, 0);
  if (c->fd < 0) fail("socket");
  /* on loopback, connect does not wait: the kernel answers, not the server */
  if (connect(c->fd, (struct sockaddr *)&server, sizeof server) < 0) fail("connect");
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  struct epoll_event event = {.events = EPOLLIN, .data.ptr = c};
  if (epoll_ctl(epoll_fd, EPOLL_CTL_ADD, c->fd, &event) < 0) fail("epoll_ctl");
  open_clients++;
  if (game == ECHO) send_text(c, LINE, sizeof LINE - 1);
}

static void stop(struct client *c) {
  close(c->fd);
  open_clients--;
}

static int won(const char *b, char mark) {
  static const char rows[8][3] = {{0, 1, 2}, {3, 4, 5}, {6, 7, 8}, {0, 3, 6}, {1, 4, 7}, {2, 5, 8}, {0, 4, 8}, {2, 4, 6}};
  for (int i = 0; i < 8; i++)
    if (b[(int)rows[i][0]] == mark && b[(int)rows[i][1]] == mark && b[(int)rows[i][2]] == mark) return 1;
  return 0;
}

static int finished(const char *b) { return won(b, 'O') || won(b, 'X') || memchr(b, '-', CELLS) == NULL; }

/* Any number that is left after the last try gives the same game. */
static void record_secret(struct client *c, int secret) {
  c->over = 1;
  if (!replaying) snprintf(c->record, sizeof records[0], "%d", secret);
  else if (atoi(c->record) < c->low || atoi(c->record) > c->high) errors++;
}

static void guess_line(struct client *c, const char *line) {
  if (strcmp(line, "LOW") == 0) c->low = c->guess + 1;
  else if (strcmp(line, "HIGH") == 0) c->high = c->guess - 1;
  else if (strcmp(line, "WIN") == 0) {
    record_answer(c);
    c->low = c->high = c->guess;
    record_secret(c, c->guess);
  } else if (strcmp(line, "GAMEOVER") == 0) {
    record_answer(c);
    record_secret(c, c->low);
  } else if (strcmp(line, "GUESS") == 0) {
    char text[16];
    record_answer(c);
    c->guess = (c->low + c->high) / 2;
    send_text(c, text, sprintf(text, "%d\n", c->guess));
  } else errors++;
}

static void move(struct client *c) {
  char text[24];
  c->thinks = 0;
  send_text(c, text, sprintf(text, "MOVE%d\n", c->cell + 1));
}

/* Moves for each client whose moment has come, or connects it. Returns the milliseconds until the next moment. The moments do
 * not shift if the server is slow, so clients that waited together do not move together from then on. */
static int moves(void) {
  for (;; moment++) {
    uint64_t at = now(), due = first_moment + moment * (PERIOD / (uint64_t)players);
    struct client *c = &clients[moment % (uint64_t)players];
    if (due > at) return (int)((due - at) / 1000000u) + 1;
    if (moment < (uint64_t)players) start(c);
    else if (c->thinks) move(c);
    else c->late = due;
  }
}

/* Marks a cell, and records the move or compares it with the record. */
static void mark(struct client *c, int cell, char player) {
  c->board[cell] = player;
  if (c->record != NULL) {
    char *at = c->record + c->moves;
    if (!replaying) *at = (char)('1' + cell);
    else if (*at != '1' + cell) errors++;
  }
  c->moves++;
}

static int random_free_cell(const char *board) {
  int free_cells = 0, cell;
  for (int i = 0; i < CELLS; i++) free_cells += board[i] == '-';
  int skip = (int)chance((uint32_t)free_cells);
  for (cell = 0; board[cell] != '-' || skip-- > 0; cell++) continue;
  return cell;
}

static void move_line(struct client *c, const char *line) {
  int cell = 0;
  if (sscanf(line, "MOVE%d", &cell) != 1 || cell < 1 || cell > 9 || c->board[cell - 1] != '-') {
    errors++;
    return;
  }
  record_answer(c);
  mark(c, cell - 1, 'O');
  if (finished(c->board)) {
    c->over = 1;
    return;
  }
  cell = replaying ? c->record[c->moves] - '1' : random_free_cell(c->board);
  if (cell < 0 || cell >= CELLS) {
    errors++;
    return;
  }
  mark(c, cell, 'X');
  c->over = finished(c->board);
  c->cell = cell;
  if (paced && c->late == 0) {
    c->thinks = 1;
    return;
  }
  uint64_t late = c->late;
  c->late = 0;
  move(c);
  if (late != 0) c->asked = late; /* a client that missed its moment has waited since then */
}

static void echo_line(struct client *c, const char *line) {
  if (strncmp(line, LINE, sizeof LINE - 2) != 0) errors++;
  record_answer(c);
  if (ending) stop(c);
  else send_text(c, LINE, sizeof LINE - 1);
}

static void disconnected(struct client *c) {
  if (c->thinks) errors++; /* the server disconnected before the client moved */
  if (c->over) record_answer(c);
  else errors++;
  games++;
  stop(c);
  if (!ending && (limit == 0 || started < limit)) start(c);
}

static void readable(struct client *c) {
  ssize_t n = recv(c->fd, c->in + c->have, sizeof c->in - 1 - (size_t)c->have, 0);
  if (n <= 0) {
    disconnected(c);
    return;
  }
  received_bytes += (uint64_t)n;
  c->have += (int)n;
  c->in[c->have] = 0;
  char *at = c->in, *end;
  while ((end = strchr(at, '\n'))) {
    *end = 0;
    received_lines++;
    if (game == IDLE) greeted++;
    else if (game == ECHO) echo_line(c, at);
    else if (game == TICTACTOE) move_line(c, at);
    else guess_line(c, at);
    at = end + 1;
  }
  c->have -= (int)(at - c->in);
  memmove(c->in, at, (size_t)c->have);
}

/* Returns the number of events. */
static int turn(int wait) {
  struct epoll_event events[512];
  int n = epoll_wait(epoll_fd, events, 512, wait);
  if (n < 0 && errno != EINTR) fail("epoll_wait");
  for (int i = 0; i < n; i++) {
    if (events[i].data.ptr) readable(events[i].data.ptr);
    else {
      /* the benchmark has ended, or closed its input */
      char byte;
      if (read(0, &byte, 1) <= 0) exit(errors > 0);
    }
  }
  return n;
}

static int by_value(const void *a, const void *b) {
  uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
  return (x > y) - (x < y);
}

static double percentile(double part) { return taken == 0 ? 0 : samples[(uint32_t)((taken - 1) * part)] / 1000.0; }

static void print_result(double seconds) {
  qsort(samples, taken, sizeof *samples, by_value);
  printf("{\"answers\":%u,\"seconds\":%.6f,\"p50\":%.1f,\"p99\":%.1f,", taken, seconds, percentile(0.5), percentile(0.99));
  printf("\"games\":%llu,\"sent\":%llu,\"received\":%llu,", (unsigned long long)games, (unsigned long long)messages, (unsigned long long)received_lines);
  printf("\"sentBytes\":%llu,\"receivedBytes\":%llu,\"errors\":%llu}\n", (unsigned long long)sent_bytes, (unsigned long long)received_bytes,
         (unsigned long long)errors);
}

static int usage(void) {
  fprintf(stderr, "usage: load guess|tictactoe record|replay FILE PORT CONNECTIONS GAMES SEED\n"
                  "       load pace|echo PORT CONNECTIONS WARM_MS MEASURE_MS SEED\n"
                  "       load idle PORT CONNECTIONS\n");
  return 2;
}

static void wait_idle(int connections) {
  for (int i = 0; i < connections; i++) {
    start(&clients[i]);
    while (i - greeted > AT_ONCE) turn(1000);
  }
  while (greeted < connections) turn(1000);
  printf("{\"ready\":%d}\n", greeted);
  fflush(stdout);
  for (;;) turn(1000);
}

/* Plays a number of games, and records them or replays recorded ones. */
static void play_games(int connections, const char *path) {
  FILE *file = fopen(path, replaying ? "r" : "w");
  if (file == NULL) fail(path);
  for (int i = 0; replaying && i < limit; i++)
    if (fscanf(file, "%9s", records[i]) != 1) fail("the file has too few games");
  from = now();
  until = UINT64_MAX;
  for (int i = 0; i < connections && started < limit; i++) start(&clients[i]);
  while (open_clients > 0 && errors == 0)
    if (turn(5000) == 0) errors++; /* the server has not answered for five seconds */
  double seconds = (double)(now() - from) / 1e9;
  for (int i = 0; !replaying && i < limit; i++) fprintf(file, "%s\n", records[i]);
  fclose(file);
  print_result(seconds);
}

/* Plays, or sends lines, for some time. */
static void play_for(int connections, int warm, int measure) {
  uint64_t begin = now();
  from = begin + (uint64_t)warm * 1000000u;
  until = from + (uint64_t)measure * 1000000u;
  first_moment = begin;
  players = connections;
  for (int i = 0; i < connections && !paced; i++) start(&clients[i]);
  while (now() < until && taken < MAX_SAMPLES && errors == 0) turn(paced ? moves() : 100);
  uint64_t end = now();
  ending = 1;
  uint64_t patience = end + (paced ? 10 : 5) * 1000000000ull;
  while (open_clients > 0 && now() < patience) turn(paced ? moves() : 100);
  errors += (uint64_t)open_clients;
  print_result((double)((end < until ? end : until) - from) / 1e9);
}

int main(int argc, char **argv) {
  if (argc < 2) return usage();
  paced = argv[1][0] == 'p';
  game = argv[1][0] == 'g' ? GUESS : argv[1][0] == 't' || paced ? TICTACTOE : argv[1][0] == 'e' ? ECHO : IDLE;
  int recorded = !paced && (game == GUESS || game == TICTACTOE);
  if (argc != (recorded ? 8 : game == IDLE ? 4 : 7)) return usage();
  char **args = argv + (recorded ? 4 : 2); /* PORT and so on */
  int connections = atoi(args[1]);
  if (connections < 1 || connections > MAX_CONNECTIONS) return usage();
  server.sin_family = AF_INET;
  server.sin_port = htons((uint16_t)atoi(args[0]));
  server.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  samples = malloc(MAX_SAMPLES * sizeof *samples);
  epoll_fd = epoll_create1(0);
  struct epoll_event input = {.events = EPOLLIN, .data.ptr = NULL};
  epoll_ctl(epoll_fd, EPOLL_CTL_ADD, 0, &input);
  if (game == IDLE) wait_idle(connections);
  seed = (uint32_t)atoi(argv[argc - 1]) * 2654435761u + 1;
  if (!recorded) {
    play_for(connections, atoi(args[2]), atoi(args[3]));
    return 0;
  }
  replaying = strcmp(argv[2], "replay") == 0;
  limit = atoi(args[2]);
  if (limit < 1 || limit > MAX_GAMES) return usage();
  play_games(connections, argv[3]);
  return 0;
}
