/** Accesses and runs as people read them: one lane a thread, so that the eye sees who interrupts whom. */
import type { MemoryFailure, RecordedStep } from './memory-failure.ts'
import type { MemoryAccess } from './memory-step.ts'

/** An access in one line: `compareExchange lock 0 1 → 0`, as its call and what it returned. */
export function printAccess({ kind, location, expected, value, count, result }: MemoryAccess): string {
  const operands = [location, expected, value, count].filter((part) => part !== undefined)
  return `${[kind, ...operands].join(' ')}${result === undefined ? '' : ` → ${result}`}`
}

/** A step in one line; where an operation ends, that is said too. */
export function printMemoryStep({ access, ends, spurious }: RecordedStep): string {
  if (access === undefined) return 'crashes'
  const notes = [...(spurious === true ? ['not notified'] : []), ...(ends === 'done' ? ['done'] : [])]
  return `${printAccess(access)}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`
}

const printEvents = ({ events }: RecordedStep): string =>
  events
    .map(({ type, ...fields }) => {
      const values = Object.values(fields)
      return values.length === 0 ? type : `${type}(${values.join(', ')})`
    })
    .join(' ')

/** The steps in lanes: a column for each thread that takes one, and what they meant to the specification last. */
export function laneLines(steps: readonly RecordedStep[], inOrder: readonly string[]): string[] {
  const threads = inOrder.filter((name) => steps.some(({ thread }) => thread === name))
  const texts = steps.map(printMemoryStep)
  const width = (thread: string) =>
    Math.max(
      thread.length,
      ...texts.filter((_, index) => steps[index]!.thread === thread).map(({ length }) => length),
    )
  const widths = new Map(threads.map((thread) => [thread, width(thread)]))
  const digits = String(steps.length).length
  const line = (number: string, cells: ReadonlyMap<string, string>, last: string) =>
    [
      `  ${number.padStart(digits)}`,
      ...threads.map((thread) => (cells.get(thread) ?? '').padEnd(widths.get(thread)!)),
      last,
    ]
      .join('  ')
      .trimEnd()
  return [
    ...(threads.length === 0 ? [] : [line('', new Map(threads.map((thread) => [thread, thread])), '')]),
    ...steps.map((step, index) =>
      line(String(index + 1), new Map([[step.thread, texts[index]!]]), printEvents(step)),
    ),
  ]
}

/** A failure as people read it: what went wrong, the steps that lead there, and the schedule as an address. */
export function printMemoryFailure({ kind, text, steps, states, schedule }: MemoryFailure): string {
  const when = steps.length === 0 ? 'in the initial state' : `after step ${steps.length}`
  const address = schedule.length === 0 ? 'none' : schedule.join('.')
  return [
    `${kind} ${when}: ${text}`,
    ...laneLines(steps, Object.keys(states[0]?.lanes ?? {})),
    `schedule: ${address}`,
  ].join('\n')
}
