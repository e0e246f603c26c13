// node ndt7_client.cjs HOST:PORT/st/TOKEN: both tests of the real @m-lab/ndt7 client, then its result to the server.
// Prints one JSON object: what the client saw, and what the server made of it.
const path = require('node:path')
const { Worker: Thread } = require('node:worker_threads')

globalThis.Worker = class {
  constructor(file) {
    this.thread = new Thread(path.join(__dirname, 'ndt7_worker.cjs'), { workerData: file })
    this.thread.on('message', (data) => this.onmessage({ data }))
  }
  postMessage(message) {
    this.thread.postMessage(message)
  }
  terminate() {
    this.thread.terminate()
  }
}
const ndt7 = require('@m-lab/ndt7')
const folder = path.dirname(require.resolve('@m-lab/ndt7'))
const line = process.argv[2]
const seen = {}

async function main() {
  const config = {
    server: line,
    protocol: 'ws',
    mlabDataPolicyInapplicable: true,
    downloadworkerfile: path.join(folder, 'ndt7-download-worker.js'),
    uploadworkerfile: path.join(folder, 'ndt7-upload-worker.js'),
  }
  await ndt7.test(config, {
    downloadComplete: (data) => { seen.download = data.LastClientMeasurement; seen.told = data.LastServerMeasurement },
    uploadComplete: (data) => { seen.upload = data.LastServerMeasurement },
  })
  const body = JSON.stringify({
    tool: 'ndt7',
    down_bytes: seen.download.NumBytes,
    duration_ms: Math.round(seen.download.ElapsedTime * 1000),
    link: 'wired',
  })
  const headers = { 'Content-Type': 'application/json' }
  const answer = await fetch(`http://${line}/result`, { method: 'POST', headers, body })
  console.log(JSON.stringify({ seen, status: answer.status, attempt: await answer.json() }))
  process.exit(0)
}
main()
