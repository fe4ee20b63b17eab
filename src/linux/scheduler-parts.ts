/**
 * What a line of the scheduler's log says in the charts' own events: who takes part and how. A line is two
 * events: its header says which thread runs on its CPU, its fields say what happened.
 */
import type { Part } from '../checker/recorded.ts'
import type { Cpu } from '../statemachines/identifiers.ts'
import { type Event as CpuEvent, type Thread, scheduledCpu } from '../statemachines/kernel/scheduled-cpu.ts'
import { type Event as ThreadEvent, scheduledThread } from '../statemachines/kernel/scheduled-thread.ts'
import type { Entry } from './ftrace.ts'

/** The charts a scheduler's log is judged by, by family. */
export const machines = { cpu: scheduledCpu, thread: scheduledThread }

export const cpuOf = (number: number): Cpu => `cpu${number}`

/** The component of a pid; all idle threads have pid 0 and stay on their CPU. */
export const threadOf = (pid: number, cpu: number): Thread => (pid === 0 ? `idle${cpu}` : `thread${pid}`)

const onCpu = (id: Cpu, event: CpuEvent): Part => ({ family: 'cpu', id, event })
const onThread = (id: Thread, event: ThreadEvent): Part => ({ family: 'thread', id, event })

/** The header's event: the thread it names runs on its CPU. */
export function headerParts({ cpu: number, pid, event }: Entry): Part[] {
  const cpu = cpuOf(number)
  const thread = threadOf(pid, number)
  const late = event.name === 'tlb_flush' && 'onSwitch' in event && event.onSwitch
  if (late) return [onCpu(cpu, { type: 'cpu.flush', thread })]
  return [onCpu(cpu, { type: 'cpu.observe', thread }), onThread(thread, { type: 'thread.observe', cpu })]
}

/** The event of the fields; empty for an event that says nothing about threads. */
export function fieldParts({ cpu: number, event }: Entry): Part[] {
  const cpu = cpuOf(number)
  switch (event.name) {
    case 'sched_switch':
      return switchParts(
        cpu,
        threadOf(event.previous, number),
        threadOf(event.next, number),
        `thread.${event.leaving}`,
      )
    case 'sched_waking':
      return [onThread(`thread${event.pid}`, { type: 'thread.waking', cpu: cpuOf(event.cpu) })]
    case 'sched_wakeup':
      return [onThread(`thread${event.pid}`, { type: 'thread.wake', cpu: cpuOf(event.cpu) })]
    case 'sched_wakeup_new':
      return [onThread(`thread${event.pid}`, { type: 'thread.start', cpu: cpuOf(event.cpu) })]
    case 'sched_migrate_task': {
      const move = { from: cpuOf(event.from), to: cpuOf(event.to) }
      return [onThread(`thread${event.pid}`, { type: 'thread.migrate', ...move })]
    }
    case 'sched_process_fork':
      return [
        onThread(`thread${event.pid}`, { type: 'thread.fork', cpu }),
        onThread(`thread${event.child}`, { type: 'thread.create' }),
      ]
    case 'sched_process_exit':
      return [onThread(`thread${event.pid}`, { type: 'thread.exit', cpu })]
    default:
      return []
  }
}

type Departure = 'thread.preempt' | 'thread.yield' | 'thread.block' | 'thread.die' | 'thread.hide'

/** A switch: the CPU changes threads, one thread leaves it and another arrives, in one step. */
export function switchParts(cpu: Cpu, from: Thread, to: Thread, departure: Departure): Part[] {
  return [
    onThread(from, { type: departure, cpu }),
    onCpu(cpu, { type: 'cpu.switch', from, to }),
    onThread(to, { type: 'thread.dispatch', cpu }),
  ]
}
