// Prints what fanout.js found as a table, and what it is relative to other servers.
//
// usage: table.js FILE
'use strict'

const fs = require('fs')

const found = fs.readFileSync(process.argv[2], 'utf8').trim().split('\n').map(JSON.parse)
const round = number => number < 100 ? number.toFixed(1) : number.toFixed(0)

console.log('| server | clients | connections/s | last client has it, ms (worst) | peak MB |')
console.log('|---|---|---|---|---|')
for (const row of found) {
  const { label, clients, connectsPerSecond, lastMedianMs, lastWorstMs, peakMb } = row
  const last = `${round(lastMedianMs)} (${round(lastWorstMs)})`
  const cells = [label, clients, round(connectsPerSecond), last, round(peakMb)]
  console.log(`| ${cells.join(' | ')} |`)
}

const at = (label, clients) => found.find(row => row.label === label && row.clients === clients)
console.log()
for (const clients of new Set(found.map(row => row.clients))) {
  const ours = at('cargo serve', clients)
  const floor = at('floor', clients)
  const theirs = at('serverless-offline', clients)
  if (!ours || !floor || !theirs) continue
  const slower = round(theirs.lastMedianMs / ours.lastMedianMs)
  const connects = round(ours.connectsPerSecond / theirs.connectsPerSecond)
  const above = round(ours.lastMedianMs / floor.lastMedianMs)
  console.log(`${clients} clients: a broadcast takes serverless-offline ${slower} times ` +
    `as long as cargo serve, and cargo serve ${above} times as long as the floor; ` +
    `cargo serve lets in ${connects} times as many per second as serverless-offline`)
}
