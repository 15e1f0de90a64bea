import type { Question } from './question.ts'

/** Questions on messages in a stream: where they end, and in which order their bytes stand. */
export const messages: readonly Question[] = [
  {
    text: 'A crane takes UP, DOWN and STOP, each with \\n behind it; STOP comes once, at the very end. Which bytes can one recv() return?',
    options: ["b'OP\\nUP\\nDOWN\\n'", "b'OWN\\nUP\\nSTOP\\n'", "b'UP\\nLEFT\\nDO'", "b'DOWN\\nUPDOWN\\n'"],
    right: 1,
    explanation: 'recv() may begin and end anywhere in the stream, but its bytes have to follow the protocol.',
  },
  {
    text: 'How can a receiver know where a message in a TCP stream ends?',
    options: [
      'by a mark at its end, or its length',
      'by the pause that follows it',
      'by recv(), which returns whole messages',
      'by the size of its own buffer',
    ],
    right: 0,
    explanation: 'TCP shows no borders: the protocol has to, by a mark, a length, a fixed size, or by closing.',
  },
  {
    text: 'In a protocol every message ends with a line feed. Which character must not occur within a message?',
    options: ['a line feed', 'a blank', 'a zero byte', 'a letter é'],
    right: 0,
    explanation: 'It would end the message too early: text with line feeds needs escapes, or a length in front.',
  },
  {
    text: "A receiver has collected b'GUESS\\nLOW\\nGU'. How many whole messages are that, if each ends with \\n?",
    options: ['1', '3', '0', '2'],
    right: 3,
    explanation: 'GUESS and LOW are complete; GU is the beginning of the next message, and the receiver has to store it.',
  },
  {
    text: "A server sends b'Hello fr', and a moment later b'om server\\n'. What does the client’s first recv(1024) most likely return?",
    options: ["b'Hello from server\\n'", "b'om server\\n'", "b'Hello fr'", "b''"],
    right: 2,
    explanation: 'recv() returns the bytes that have arrived so far: a client that reads only once has half a message.',
  },
  {
    text: 'Does a larger number in recv() make sure that a message arrives whole?',
    options: ['yes, from 4096 on', 'no: it is only an upper limit', 'yes, if it is a power of two above 512', 'yes, on the same host'],
    right: 1,
    explanation: 'However large the buffer, recv() returns as soon as something is there.',
  },
  {
    text: 'Each message has its length before it, in 4 bytes. When can the receiver read that length?',
    options: [
      'when 1 byte has arrived',
      'when all 4 bytes have arrived',
      'when the message has arrived',
      'immediately, because it is never cut',
    ],
    right: 1,
    explanation: 'A length can be cut like all other bytes: collect its bytes first, and decode them afterwards.',
  },
  {
    text: 'Why should a receiver limit the length that a peer announces for a message?',
    options: [
      'A peer could claim gigabytes.',
      'A long message arrives late.',
      'A stream has a fixed length.',
      'A length is often too small.',
    ],
    right: 0,
    explanation: 'Four bytes can make a receiver without a limit fill its memory.',
  },
  {
    text: 'What is network byte order?',
    options: [
      'the least significant byte first',
      'the byte that arrives first',
      'the order of the sender',
      'the most significant byte first',
    ],
    right: 3,
    explanation: 'Big-endian: htons() and htonl() turn a host’s numbers into it.',
  },
  {
    text: 'How is 258 (0x0102) written as two bytes in network byte order?',
    options: ['02 01', '02 58', '01 02', '10 20'],
    right: 2,
    explanation: 'The more significant byte comes first: 258 = 1 * 256 + 2.',
  },
  {
    text: 'How is the port 80 written as two bytes in network byte order?',
    options: ['50 00', '00 80', '00 50', '80 00'],
    right: 2,
    explanation: '80 is 0x50; with two bytes it is 0x0050, and the more significant one comes first.',
  },
  {
    text: 'A little-endian host reads the bytes 00 01 as a 16-bit number, without swapping them. What does it get?',
    options: ['1', '256', '16', '10'],
    right: 1,
    explanation: 'It takes the second byte for the more significant byte: 1 * 256 + 0. The sender meant 1.',
  },
  {
    text: 'Which byte order do x86 processors use?',
    options: ['little-endian', 'big-endian', 'network order', 'middle-endian'],
    right: 0,
    explanation: 'The least significant byte comes first; so htons() swaps the bytes there.',
  },
  {
    text: 'A protocol sends each name as exactly 20 bytes, filled up with blanks. What is the price of this fixed size?',
    options: ['Names need a mark at their end.', 'Names need a length in front.', 'Names come in any order.', 'Long names do not fit.'],
    right: 3,
    explanation: 'Fixed sizes need neither marks nor lengths, but waste space and set a limit.',
  },
  {
    text: 'HTTP/1.0 often marks the end of an answer by closing. Which question can the client then not answer?',
    options: [
      'whether the answer is complete',
      'whether the answer is text',
      'which side has sent the answer',
      'which request was answered',
    ],
    right: 0,
    explanation: 'An orderly end after half of the data looks the same: a length would show it.',
  },
  {
    text: 'Two programs wait in recv() for each other’s first message. What is the result?',
    options: ['Both get an empty message.', 'The server’s comes first.', 'The connection closes immediately.', 'Both wait forever.'],
    right: 3,
    explanation: 'It is a deadlock: a protocol has to define which side sends first.',
  },
  {
    text: 'In a chat whose users take turns, what does a program do right after it has sent a line?',
    options: [
      'It sends the same line once more.',
      'It closes the connection.',
      'It waits for the other’s line.',
      'It accepts another client.',
    ],
    right: 2,
    explanation: 'The protocol says whose turn it is: after one side sends a line, it is the other side’s turn.',
  },
  {
    text: 'A player sends the line forty-two where the server expects digits. What should the server do?',
    options: ['stop with a ValueError', 'refuse it and ask again', 'count it as a right guess', 'close all of its connections'],
    right: 1,
    explanation: 'A server checks its input; a wrong message must not end the server.',
  },
  {
    text: 'What does a sequence diagram of a protocol show?',
    options: [
      'which class has which methods',
      'which side sends which message at which time',
      'how fast each message travels',
      'where each host is located',
    ],
    right: 1,
    explanation: 'Time runs downwards; each side is a line, and each message an arrow between two lines.',
  },
]
