// BullMQ worker process: no-op job. STARTS_FILE set: writes (start - t0) in ns, by CLOCK_MONOTONIC, for each job.
'use strict'
const fs = require('fs')
const { Worker } = require('bullmq')
const connection = { host: '127.0.0.1', port: +process.env.REDIS_PORT }
const fd = process.env.STARTS_FILE ? fs.openSync(process.env.STARTS_FILE, 'a') : -1
const noop = async () => {}
const timed = async (job) => { const t = process.hrtime.bigint(); fs.writeSync(fd, (t - BigInt(job.data.t0)) + '\n') }
const worker = new Worker('q', fd >= 0 ? timed : noop, { connection, concurrency: +process.env.CONCURRENCY })
worker.on('error', (e) => { console.error(e.message) })
process.on('SIGTERM', async () => { await worker.close(); process.exit(0) })
