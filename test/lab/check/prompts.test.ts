import { describe, expect, test } from 'vitest'
import { answerPrompt, findPrompt } from '../../../src/lab/check/prompts.ts'

const AT = { host: '127.0.0.1', port: 9999 }

describe('a prompt before the program has connected', () => {
  test.each([
    'Enter IPv4 address of server: ',
    "Enter the server's IP address: ",
    'Host: ',
    'hostname> ',
    'Server? ',
    'IP: ',
    'Address of the server, please: ',
    'Which host shall I connect to?',
  ])('that asks for the host gets it: %j', (prompt) => expect(answerPrompt(prompt, AT)).toBe('127.0.0.1'))

  test.each(['Enter port number of server: ', 'Port: ', 'server port> ', 'Enter the port on the host: ', 'PORT = '])(
    'that asks for the port gets it: %j',
    (prompt) => expect(answerPrompt(prompt, AT)).toBe('9999'),
  )

  test('of a server that speaks of itself gets nothing', () => {
    expect(answerPrompt('INPUT SERVER: ', AT, 'server')).toBeUndefined()
    expect(answerPrompt('Address of the server: ', AT, 'server')).toBe('127.0.0.1')
  })

  test('that asks for both gets both', () => {
    expect(answerPrompt('Enter host and port: ', AT)).toBe('127.0.0.1 9999')
    expect(answerPrompt('Address and port (host:port): ', AT)).toBe('127.0.0.1:9999')
  })

  test.each(['Your name: ', 'username: ', 'Nickname? '])('that asks for a name gets a name: %j', (prompt) =>
    expect(answerPrompt(prompt, AT)).toBe('ada'),
  )

  test.each(['', 'Enter guess (1-100): ', 'Press Enter to start', 'A report: ', 'transporter> ', 'Server moves (0 to quit): '])(
    'that asks for nothing known gets nothing: %j',
    (prompt) => expect(answerPrompt(prompt, AT)).toBeUndefined(),
  )
})

test('a prompt is the end of the output without a line end', () => {
  expect(findPrompt('Welcome\nEnter guess: ')).toBe('Enter guess: ')
  expect(findPrompt('Welcome\r\nguess> ')).toBe('guess> ')
  expect(findPrompt('Welcome\n')).toBe('')
  expect(findPrompt('')).toBe('')
})
