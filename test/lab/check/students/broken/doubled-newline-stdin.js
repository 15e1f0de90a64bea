import { connect } from 'node:net'

const socket = connect(Number(process.argv[3]), process.argv[2])
let rest = Buffer.alloc(0)
socket.on('data', (data) => {
  rest = Buffer.concat([rest, data])
  for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
    console.log('SERVER WROTE: ' + rest.subarray(0, end))
    rest = rest.subarray(end + 1)
    process.stdout.write('INPUT CLIENT: ')
  }
})
socket.on('end', () => process.exit())
process.stdin.on('data', (line) => socket.write(line + '\n'))
