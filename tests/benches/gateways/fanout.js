// Measures a WebSocket server that broadcasts, whichever it is, and prints what it found as JSON.
//
// usage: fanout.js --url URL [--label TEXT] [--pid PROCESS] [--clients N] [--broadcasts N]
//                  [--warmup N] [--concurrency N] [--bytes N] [--timeout MS]
//
// It connects all clients, with so many handshakes in flight; the first client then broadcasts, one
// after the other. A broadcast is over when every client, its sender too, has that very text. All
// clients and the clock are in this process. Memory is the most that the server's process ever had
// (Linux). Answers to the sender are let go by.
//
// Exit code 1: a connection failed or was closed, or a broadcast was missed or came twice.
'use strict'

const fs = require('fs')
const WebSocket = require('ws')

function option (name, otherwise) {
  const at = process.argv.indexOf('--' + name)
  return at < 0 ? otherwise : process.argv[at + 1]
}

const url = option('url')
const label = option('label', url)
const pid = option('pid')
const clientCount = Number(option('clients', 100))
const broadcastCount = Number(option('broadcasts', 20))
const warmupCount = Number(option('warmup', 2))
const concurrency = Number(option('concurrency', 50))
const bytes = Number(option('bytes', 64))
const timeoutMs = Number(option('timeout', 60000))

// Long enough for a text that comes twice to come.
const AFTER_BROADCAST_MS = 50

const nowMs = () => Number(process.hrtime.bigint()) / 1e6
const sleep = ms => new Promise(resolve => setTimeout(resolve, ms))

// The broadcast that is going on, if any.
let current = null
let closed = 0
let ending = false

function received (client, data) {
  if (current === null || data.toString() !== current.text) return
  if (current.tookMs[client] !== undefined) {
    current.duplicates++
    return
  }
  current.tookMs[client] = nowMs() - current.startMs
  if (--current.missing === 0) current.done()
}

function connect (client) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { perMessageDeflate: false })
    socket.on('open', () => resolve(socket))
    socket.on('message', data => received(client, data))
    socket.on('error', reject)
    socket.on('close', () => { if (!ending) closed++ })
  })
}

async function connectAll () {
  const sockets = new Array(clientCount)
  let next = 0
  const worker = async () => {
    while (next < clientCount) {
      const client = next++
      sockets[client] = await connect(client)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker))
  return sockets
}

async function broadcast (name, sockets) {
  const text = (name + ':').padEnd(bytes, 'x')
  const message = JSON.stringify({ action: 'broadcast', data: text })
  await new Promise(resolve => {
    const timer = setTimeout(resolve, timeoutMs)
    const done = () => { clearTimeout(timer); resolve() }
    current = { text, tookMs: [], missing: sockets.length, duplicates: 0, startMs: nowMs(), done }
    sockets[0].send(message)
  })
  await sleep(AFTER_BROADCAST_MS)
  const { missing, duplicates, tookMs } = current
  current = null
  return { missing, duplicates, lastMs: missing ? Infinity : Math.max(...tookMs) }
}

function peakMb () {
  if (pid === undefined) return null
  const status = fs.readFileSync(`/proc/${pid}/status`, 'utf8')
  return Number(/^VmHWM:\s+(\d+)/m.exec(status)[1]) / 1024
}

function median (numbers) {
  const sorted = numbers.slice().sort((a, b) => a - b)
  return sorted[Math.floor((sorted.length - 1) / 2)]
}

async function main () {
  const startMs = nowMs()
  const sockets = await connectAll()
  const connectsPerSecond = clientCount / (nowMs() - startMs) * 1000
  await sleep(500)
  for (let i = 0; i < warmupCount; i++) await broadcast(`warmup ${i}`, sockets)
  const broadcasts = []
  for (let i = 0; i < broadcastCount; i++) broadcasts.push(await broadcast(`${i}`, sockets))
  const sum = name => broadcasts.reduce((sum, broadcast) => sum + broadcast[name], 0)
  const lasts = broadcasts.map(broadcast => broadcast.lastMs)
  const found = {
    label,
    clients: clientCount,
    connectsPerSecond,
    lastMedianMs: median(lasts),
    lastWorstMs: Math.max(...lasts),
    peakMb: peakMb(),
    missing: sum('missing'),
    duplicates: sum('duplicates'),
    closed
  }
  console.log(JSON.stringify(found))
  ending = true
  for (const socket of sockets) socket.close()
  await sleep(1000)
  process.exit(found.missing || found.duplicates || closed ? 1 : 0)
}

main().catch(error => {
  console.error(`error: ${error.message}`)
  process.exit(1)
})
