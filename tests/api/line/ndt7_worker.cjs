// Runs an unmodified browser worker of @m-lab/ndt7 in a thread of Node: gives it the globals that a browser has.
const { parentPort, workerData } = require('node:worker_threads')
const { WebSocket } = require('ws')

globalThis.self = globalThis
globalThis.postMessage = (message) => parentPort.postMessage(message)
globalThis.WebSocket = class extends WebSocket {
  constructor(url, protocols) {
    super(url, protocols, { perMessageDeflate: false })
  }
}
require(workerData)
parentPort.on('message', (data) => globalThis.onmessage({ data }))
