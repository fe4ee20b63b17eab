/**
 * Lines of ftrace for tests: each function writes one event, `on` puts it behind the header of the thread
 * and CPU that wrote it, and `log` makes a log of such lines.
 */
import { parseLog } from '../src/linux/ftrace.ts'

/** A line written on a CPU while a thread runs there. */
export const on = (cpu: number, pid: number, event: string) =>
  `task-${pid} (${pid}) [00${cpu}] d..2. TIME: ${event}`
/** An event that says nothing but who runs. */
export const act = 'reschedule_entry: vector=253'
/** A switch from one thread to another. */
export const change = (from: number, state: string, to: number) =>
  `sched_switch: prev_comm=a prev_pid=${from} prev_prio=120 prev_state=${state} ` +
  `==> next_comm=b next_pid=${to} next_prio=120`
/** `waking`, `wakeup` or `wakeup_new` of a thread on a CPU. */
export const wake = (event: string, pid: number, cpu: number) =>
  `sched_${event}: comm=a pid=${pid} prio=120 target_cpu=00${cpu}`
export const migrate = (pid: number, from: number, to: number) =>
  `sched_migrate_task: comm=a pid=${pid} prio=120 orig_cpu=${from} dest_cpu=${to}`
export const fork = (pid: number, child: number) =>
  `sched_process_fork: comm=a pid=${pid} child_comm=a child_pid=${child}`
export const exit = (pid: number) => `sched_process_exit: comm=a pid=${pid} prio=120 group_dead=true`
/** The lines as a file, one microsecond apart. */
export const text = (lines: readonly string[]) =>
  lines.map((line, index) => `${line.replace('TIME', `1.${String(index).padStart(6, '0')}`)}\n`).join('')
/** The log that these lines make. */
export const log = (lines: readonly string[]) => parseLog('log', text(lines))
