/** The thread that runs jobs: loads the system a job is about, searches, and answers with an outcome or a sentence. */
import { parentPort } from 'node:worker_threads'
import { BadInputError } from '../../checker/json-file.ts'
import { type Job, readJob } from '../../swarm/job.ts'
import { runJob } from '../../swarm/run-job.ts'
import type { Reply, Request } from '../../swarm/search-thread.ts'
import { loadSubject } from './subject.ts'

async function answer({ name, job }: Request): Promise<Reply> {
  let read: Job
  try {
    read = readJob(job, name)
    const { system } = await loadSubject(read)
    return { outcome: runJob(system, read) }
  } catch (error) {
    // Whatever the reason, the same job would meet it again: it is told, not tried anew.
    const text = error instanceof Error ? error.message : String(error)
    const sentence = text.replaceAll(/\s*\n\s*/g, ' ')
    return {
      refusal:
        error instanceof BadInputError && sentence.startsWith(name) ? sentence : `${name}: ${sentence}`,
    }
  }
}

parentPort!.on('message', (request: Request) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread is no window
  void answer(request).then((reply) => parentPort!.postMessage(reply))
})
