/**
 * The part of an ftrace line after its time: the scheduler's events, field by field, and everything else by
 * name. A scheduler event with a field missing, out of range or of an unknown letter is not guessed at.
 */

/** What a thread did when its CPU was switched away from it. */
export type Leaving = 'preempt' | 'yield' | 'block' | 'die'

export type FtraceEvent =
  | {
      readonly name: 'sched_switch'
      readonly previous: number
      readonly leaving: Leaving
      readonly next: number
      readonly nextComm: string
    }
  | {
      readonly name: 'sched_waking' | 'sched_wakeup' | 'sched_wakeup_new'
      readonly pid: number
      readonly cpu: number
    }
  | { readonly name: 'sched_migrate_task'; readonly pid: number; readonly from: number; readonly to: number }
  | { readonly name: 'sched_process_fork'; readonly pid: number; readonly child: number }
  | { readonly name: 'sched_process_exit'; readonly pid: number }
  | { readonly name: 'tlb_flush'; readonly onSwitch: boolean }
  | { readonly name: `sys_${string}` | `other:${string}` }

type Expected = { readonly expected: string }
type Fields = { readonly [field: string]: string }
type Form = {
  readonly pattern: RegExp
  readonly expected: string
  readonly read: (fields: Fields) => FtraceEvent | Expected
}

const LIMITS: { readonly [field: string]: readonly [min: number, max: number] } = {
  pid: [1, 4_194_304],
  child: [1, 4_194_304],
  previous: [0, 4_194_304],
  next: [0, 4_194_304],
  cpu: [0, 8191],
  from: [0, 8191],
  to: [0, 8191],
  // Deadline threads have -1, real-time threads 0 to 98, fair ones 100 to 139.
  prio: [-1, 139],
  nextPrio: [-1, 139],
}
const STATE = /^(?:R\+?|[SDTtXZPI](?:\|[SDTtXZPI])*\+?)$/

function leavingBy(state: string): Leaving {
  if (state.endsWith('+')) return 'preempt'
  if (state === 'R') return 'yield'
  return /[XZ]/.test(state) ? 'die' : 'block'
}

function wake(name: 'sched_waking' | 'sched_wakeup' | 'sched_wakeup_new'): Form {
  return {
    pattern: /^comm=.* pid=(?<pid>\d+) prio=(?<prio>-?\d+)(?: success=[01])? target_cpu=(?<cpu>\d+)$/,
    expected: 'comm=C pid=P prio=N target_cpu=N',
    read: ({ pid, cpu }) => ({ name, pid: Number(pid), cpu: Number(cpu) }),
  }
}

const FORMS: { readonly [name: string]: Form | undefined } = {
  sched_switch: {
    pattern: new RegExp(
      String.raw`^prev_comm=.* prev_pid=(?<previous>\d+) prev_prio=(?<prio>-?\d+) prev_state=(?<state>\S+)` +
        String.raw` ==> next_comm=(?<nextComm>.*) next_pid=(?<next>\d+) next_prio=(?<nextPrio>-?\d+)$`,
    ),
    expected: 'prev_comm=C prev_pid=P prev_prio=N prev_state=S ==> next_comm=C next_pid=P next_prio=N',
    read: ({ previous, next, state = '', nextComm = '' }) =>
      STATE.test(state)
        ? {
            name: 'sched_switch',
            previous: Number(previous),
            leaving: leavingBy(state),
            next: Number(next),
            nextComm,
          }
        : { expected: `a prev_state of R, R+ or letters of S D T t X Z P I, not '${state}'` },
  },
  sched_waking: wake('sched_waking'),
  sched_wakeup: wake('sched_wakeup'),
  sched_wakeup_new: wake('sched_wakeup_new'),
  sched_migrate_task: {
    pattern: /^comm=.* pid=(?<pid>\d+) prio=(?<prio>-?\d+) orig_cpu=(?<from>\d+) dest_cpu=(?<to>\d+)$/,
    expected: 'comm=C pid=P prio=N orig_cpu=A dest_cpu=B',
    read: ({ pid, from, to }) => ({
      name: 'sched_migrate_task',
      pid: Number(pid),
      from: Number(from),
      to: Number(to),
    }),
  },
  sched_process_fork: {
    pattern: /^comm=.* pid=(?<pid>\d+) child_comm=.* child_pid=(?<child>\d+)$/,
    expected: 'comm=C pid=P child_comm=C child_pid=P',
    read: ({ pid, child }) => ({ name: 'sched_process_fork', pid: Number(pid), child: Number(child) }),
  },
  sched_process_exit: {
    pattern: /^comm=.* pid=(?<pid>\d+) prio=(?<prio>-?\d+)(?: group_dead=(?:true|false))?$/,
    expected: 'comm=C pid=P prio=N group_dead=BOOL',
    read: ({ pid }) => ({ name: 'sched_process_exit', pid: Number(pid) }),
  },
  tlb_flush: {
    pattern: /^pages:-?\d+ reason:.* \((?<reason>[0-5])\)$/,
    expected: 'pages:N reason:TEXT (0 to 5)',
    read: ({ reason }) => ({ name: 'tlb_flush', onSwitch: reason === '0' }),
  },
}

function outOfRange(fields: Fields): Expected | undefined {
  for (const [field, text] of Object.entries(fields)) {
    const limits = LIMITS[field]
    if (limits === undefined) continue
    const [min, max] = limits
    if (Number(text) < min || Number(text) > max)
      return { expected: `a ${field} from ${min} to ${max}, not ${text}` }
  }
  return undefined
}

/** Parses `EVENT: FIELDS`, or `sys_NAME(…)` and `sys_NAME -> 0x…`, which have no colon. */
export function parseEvent(text: string): FtraceEvent | Expected {
  const named = /^(\w+): ?(.*)$/.exec(text)
  if (named === null) {
    const call = /^(sys_\w+)(?:\(.*\)| -> -?0x[0-9a-f]+)$/.exec(text)?.[1]
    return call === undefined
      ? { expected: 'EVENT: FIELDS after the time' }
      : { name: call as `sys_${string}` }
  }
  const [, name = '', rest = ''] = named
  const form = FORMS[name]
  if (form === undefined) return { name: `other:${name}` }
  const fields = form.pattern.exec(rest)?.groups
  if (fields === undefined) return { expected: `${name}: ${form.expected}` }
  return outOfRange(fields) ?? form.read(fields)
}
