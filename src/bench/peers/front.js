// Minimal REST front of a BullMQ queue, as a user would write it:
// POST /submit -> queue.add, GET /status?id= -> state of the job, GET /metrics -> counts.
'use strict'
const fastify = require('fastify')
const { Queue } = require('bullmq')
const connection = { host: '127.0.0.1', port: +process.env.REDIS_PORT }
const queue = new Queue('q', { connection })
const PRIORITY = { high: 1, medium: 2, low: 3 }
const app = fastify()
app.post('/submit', async (req, reply) => {
  const { priority, payload } = req.body
  const job = await queue.add('noop', payload, priority ? { priority: PRIORITY[priority] } : undefined)
  reply.code(202)
  return { id: job.id }
})
app.get('/status', async (req, reply) => {
  const state = await queue.getJobState(req.query.id)
  if (state === 'unknown') { reply.code(404); return { status: 'unknown' } }
  return { status: state === 'completed' || state === 'failed' ? state : 'pending' }
})
app.get('/metrics', async () => queue.getJobCounts('completed', 'failed', 'active', 'wait', 'prioritized'))
app.get('/health', async () => { await queue.waitUntilReady(); return { ok: true } })
app.listen({ port: +process.env.PORT, host: '127.0.0.1' })
