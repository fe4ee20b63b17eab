/** A run as people read it: numbered steps, each with its event and the components it moved. */
import { type Change, type ReplayStep, changesBetween, printLocal } from '../checker/replay.ts'
import type { LocalState, Locals, Trace } from '../checker/trace.ts'
import { printEvent } from '../model/event.ts'
import { colours } from './style.ts'

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

// Of a context, only the fields that changed.
function contextChange(before: LocalState, after: LocalState): string {
  const fields = (after.context ?? {}) as Readonly<Record<string, unknown>>
  const old = (before.context ?? {}) as Readonly<Record<string, unknown>>
  const changed = Object.keys(fields).filter(
    (key) => JSON.stringify(fields[key]) !== JSON.stringify(old[key]),
  )
  return changed.map((key) => `${key}=${asText(fields[key])}`).join(' ')
}

function printChange({ component, before, after }: Change): string {
  const moved =
    asText(before.value) === asText(after.value) ? '' : `${asText(before.value)} → ${asText(after.value)}`
  const status = before.status === after.status ? '' : `(${after.status})`
  const what = [moved, contextChange(before, after), status].filter((part) => part !== '').join(' ')
  return `${component}: ${what}`
}

/** The steps of a trace, as a replay would report them. */
export function stepsOf({ states }: Trace): ReplayStep[] {
  return states.slice(1).map(({ event, locals }, index) => ({
    index: index + 1,
    label: printEvent(event!),
    changes: changesBetween(states[index]!.locals, locals),
  }))
}

/** One line a step; `loop` is the state that the run returns to for ever. */
export function stepLines(steps: readonly ReplayStep[], loop?: number): string[] {
  const digits = String(steps.length).length
  const width = Math.max(0, ...steps.map(({ label }) => label.length))
  return steps.flatMap(({ index, label, changes }) => {
    const moves = changes.map(printChange).join('; ')
    const number = String(index).padStart(digits)
    const line = `  ${number}  ${colours.cyan(label)}${' '.repeat(width - label.length)}  ${moves}`
    return loop === index - 1 ? ['  from here the run repeats for ever:', line.trimEnd()] : [line.trimEnd()]
  })
}

/** A global state, one component a line. */
export function stateLines(locals: Locals): string[] {
  const width = Math.max(...Object.keys(locals).map((name) => name.length))
  return Object.entries(locals).map(([name, state]) => `  ${name.padEnd(width)}  ${printLocal(state)}`)
}
