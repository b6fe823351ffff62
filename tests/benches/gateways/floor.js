// A bare fan-out on the package ws, with no functions and no table: what fanout.js measures of it
// is what the client and loopback cost alone.
//
// usage: floor.js PORT
'use strict'

const { WebSocketServer } = require('ws')

const port = Number(process.argv[2])
const server = new WebSocketServer({ host: '127.0.0.1', port, perMessageDeflate: false })
server.on('connection', socket => socket.on('message', message => {
  const { action, data } = JSON.parse(message)
  if (action !== 'broadcast') return
  for (const client of server.clients) client.send(data)
}))
