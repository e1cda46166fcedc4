// Adds N no-op jobs of 100 bytes to a BullMQ queue, 1000 a call, without priority (BullMQ's fastest kind).
'use strict'
const { Queue } = require('bullmq')
const queue = new Queue('q', { connection: { host: '127.0.0.1', port: +process.env.REDIS_PORT } })
const data = 'x'.repeat(89)
async function main () {
  await queue.waitUntilReady()
  for (let left = +process.argv[2]; left > 0; left -= 1000) {
    await queue.addBulk(Array.from({ length: Math.min(1000, left) }, () => ({ name: 'noop', data: { data } })))
  }
  await queue.close()
}
main()
