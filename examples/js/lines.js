/**
 * Yields each line of a socket as soon as the line is complete: `for await (const line of lines(socket))`.
 *
 * TCP transmits bytes, not messages. A chunk may end in the middle of a line, or of a character; the decoder and
 * `waiting` buffer an incomplete line. The loop ends when the other side has closed the connection.
 */
export async function* lines(socket) {
  const decoder = new TextDecoder()
  let waiting = ''
  for await (const chunk of socket) {
    waiting += decoder.decode(chunk, { stream: true })
    const parts = waiting.split('\n')
    waiting = parts.pop() ?? ''
    for (const line of parts) yield line.replace(/\r$/, '')
  }
}
