const net = require('net')

const PORT = 12435
const client = net.connect(PORT, 'localhost')

client.on('data', (data) => console.log(data.toString()))
client.on('end', () => console.log('the server has closed'))
client.on('error', (err) => {
  console.error('Error:', err.message)
  process.exit(1)
})
