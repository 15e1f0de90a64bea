import type { Question } from './question.ts'

/** Questions on UDP and its datagrams. */
export const udp: readonly Question[] = [
  {
    text: 'What does UDP promise about a datagram?',
    options: [
      'It arrives within a second.',
      'If it arrives, it arrives whole.',
      'It arrives after the datagram before.',
      'It arrives, sooner or later.',
    ],
    right: 1,
    explanation: 'A datagram may be lost, duplicated or reordered, but the network never cuts it, nor joins it with another.',
  },
  {
    text: 'How many packets does UDP exchange before the first data can be sent?',
    options: ['none', 'one', 'two', 'three'],
    right: 0,
    explanation: 'There is no handshake: the first datagram carries data already.',
  },
  {
    text: 'Which type of socket is for UDP?',
    options: ['SOCK_STREAM', 'SOCK_DGRAM', 'SOCK_RAW', 'AF_INET'],
    right: 1,
    explanation: 'DGRAM is for datagram; SOCK_STREAM is TCP, and AF_INET is a family of addresses.',
  },
  {
    text: 'For which of these is UDP the better choice?',
    options: ['a live voice call', 'a download of a file', 'a bank transfer', 'an e-mail'],
    right: 0,
    explanation: 'In a call, late data is worthless, and waiting for it would delay the rest.',
  },
  {
    text: 'How long is the header of UDP?',
    options: ['4 bytes', '20 bytes', '40 bytes', '8 bytes'],
    right: 3,
    explanation: 'Source port, destination port, length and checksum, two bytes each.',
  },
  {
    text: 'A datagram of 100 bytes is read with recvfrom(40). What happens to the other 60 bytes?',
    options: ['The next call returns them.', 'They are sent again.', 'They are lost.', 'They are written to a file.'],
    right: 2,
    explanation: 'One call reads one datagram: the system drops the bytes that do not fit (Windows reports that as an error).',
  },
  {
    text: 'How does a UDP server know where to send its answer?',
    options: [
      'accept() returns the sender’s address',
      'listen() has made a list of all addresses',
      'recvfrom() returns the sender’s address',
      'bind() was given the address',
    ],
    right: 2,
    explanation: 'recvfrom() returns data and address, and sendto() accepts them.',
  },
  {
    text: 'Which calls does a server need for TCP, but not for UDP?',
    options: ['socket and bind', 'listen and accept', 'bind and close', 'socket and close'],
    right: 1,
    explanation: 'Without connections there is nothing to accept: one socket serves all clients.',
  },
  {
    text: 'How many bytes of data fit into one UDP datagram over IPv4, at most?',
    options: ['65,507', '512', '1,500', '65,535'],
    right: 0,
    explanation: 'A packet has up to 65,535 bytes, less 20 for the header of IP and 8 for that of UDP.',
  },
  {
    text: 'What does connect() send on a UDP socket?',
    options: ['a SYN', 'an empty datagram', 'its port number', 'nothing'],
    right: 3,
    explanation: 'It only sets the destination of send(), and the only accepted source of datagrams.',
  },
  {
    text: 'What repeats a UDP datagram that was lost?',
    options: ['the system of the sender', 'the system of the receiving host', 'the router that lost it', 'the program, if it wants to'],
    right: 3,
    explanation: 'UDP repeats nothing; a DNS client, for instance, repeats its request after a while.',
  },
  {
    text: 'A UDP datagram can arrive before another that was sent earlier.',
    options: ['True', 'False'],
    right: 0,
    explanation: 'Packets may take different routes; a program that depends on their order must number its datagrams.',
  },
  {
    text: 'A UDP datagram without any data can be sent and received.',
    options: ['True', 'False'],
    right: 0,
    explanation: 'recvfrom() then returns no bytes; here that is no end, because there is no connection.',
  },
]
