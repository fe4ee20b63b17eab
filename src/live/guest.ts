/** What runs inside a thread or process that a broker started: connect, run the task, leave in order. */
import type { MessagePort } from 'node:worker_threads'
import type { Answer } from '../mom/broker.ts'
import { type Ask, type Connection, MemoryConnection, memoryAt } from './connection.ts'
import type { ProcessData, ThreadData } from './peer.ts'
import { connect } from './socket-connection.ts'

type Run = (connection: Connection, data: unknown) => unknown

async function taskIn(module: string, name: string): Promise<Run> {
  const exported = (await import(module)) as { readonly [name: string]: unknown }
  const run = exported[name]
  if (typeof run !== 'function') throw new Error(`${module} exports no function named ${name}`)
  return run as Run
}

/** Requests by a port, answered in order. The thread is kept alive only while one is under way. */
function asking(port: MessagePort): Ask {
  const pending: ((answer: Answer) => void)[] = []
  port.on('message', (answer: Answer) => {
    pending.shift()!(answer)
    if (pending.length === 0) port.unref()
  })
  port.unref()
  return (request) =>
    new Promise((resolve) => {
      pending.push(resolve)
      port.ref()
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
      port.postMessage(request)
    })
}

/** Runs the task of a thread. A task that throws leaves its ends as death does. */
export async function runThread({ owner, module, name, data, place, port }: ThreadData): Promise<void> {
  const connection = new MemoryConnection(owner, await memoryAt(place), asking(port))
  await (
    await taskIn(module, name)
  )(connection, data)
  connection.close()
}

/** Runs the task of a process. */
export async function runProcess({ path, transport, module, name, data }: ProcessData): Promise<void> {
  const connection = await connect(path, transport)
  await (
    await taskIn(module, name)
  )(connection, data)
  connection.close()
}
