/**
 * The only file that steps xstate. One actor scope is reused for all steps (`transition()` builds one per
 * call); a test pins that the results are those of `transition()`. Guards and transitions are recorded as
 * they are used, for coverage.
 */
import {
  type AnyEventObject,
  type AnyMachineSnapshot,
  type AnyStateMachine,
  type AnyStateNode,
  type AnyTransitionDefinition,
  StateMachine,
} from 'xstate'

/** A machine did what a component may not do: invoke, spawn, or a side effect. */
export class SideEffectError extends Error {
  override readonly name = 'SideEffectError'
}

/** What was seen of a chart while it ran: guards by outcome, transitions by identity, state nodes by id. */
export type Seen = {
  readonly guards: Map<string, { passed: number; failed: number }>
  readonly transitions: Set<AnyTransitionDefinition>
  readonly nodes: Set<string>
}

type Executed = {
  readonly type: string
  readonly exec?: unknown
  readonly params?: { event?: { type?: string }; delay?: unknown }
}
type Scope = Parameters<AnyStateMachine['transition']>[2]
type Inspection = {
  readonly type: string
  readonly _transitions?: AnyTransitionDefinition[]
  readonly snapshot?: AnyMachineSnapshot
}

const MICROSTEPS_MAX = 1_000
const PURE = new Set(['xstate.raise', 'xstate.cancel'])

// `after` is a delayed raise and its cancellation; the checker offers the event itself, at any time.
function refuseSideEffect(machine: AnyStateMachine, { type, exec, params }: Executed): void {
  if (exec === undefined) throw new SideEffectError(`machine '${machine.id}' has no action '${type}'`)
  if (!PURE.has(type)) throw new SideEffectError(`machine '${machine.id}' performs the side effect '${type}'`)
  const delayed = type === 'xstate.raise' && params?.delay !== undefined
  if (delayed && !params?.event?.type?.startsWith('xstate.after.')) {
    throw new SideEffectError(
      `machine '${machine.id}' raises '${params?.event?.type}' with a delay; use after`,
    )
  }
}

type Guard = ((...args: unknown[]) => unknown) & { check?: unknown }

function recordGuards(machine: AnyStateMachine, seen: Seen): AnyStateMachine {
  const guards = Object.entries(machine.implementations.guards as Record<string, unknown>).map(
    ([name, guard]) => {
      if (typeof guard !== 'function' || 'check' in guard) return [name, guard]
      const outcome = { passed: 0, failed: 0 }
      seen.guards.set(name, outcome)
      const recorded = (...args: unknown[]) => {
        const passed = Boolean((guard as Guard)(...args))
        if (passed) outcome.passed++
        else outcome.failed++
        return passed
      }
      return [name, recorded]
    },
  )
  const copy = machine.provide({ guards: Object.fromEntries(guards) as never })
  const options = copy.options as { maxIterations: number } | undefined
  if (options !== undefined) options.maxIterations = Math.min(options.maxIterations, MICROSTEPS_MAX)
  return copy
}

/** A machine as a pure step function. */
export class Chart {
  readonly machine: AnyStateMachine
  readonly seen: Seen = { guards: new Map(), transitions: new Set(), nodes: new Set() }
  readonly #scope: Scope

  constructor(machine: AnyStateMachine) {
    if (!(machine instanceof StateMachine))
      throw new SideEffectError(`'${String(machine)}' is not an xstate machine`)
    this.machine = recordGuards(machine, this.seen)
    this.#scope = this.#createScope()
  }

  #createScope(): Scope {
    const spawns = (): never => {
      throw new SideEffectError(
        `machine '${this.machine.id}' spawns an actor; make it a component of its own`,
      )
    }
    const system = {
      _sendInspectionEvent: (event: Inspection) => this.#record(event),
      _bookId: spawns,
      _register: spawns,
    }
    const self = { system, id: this.machine.id, sessionId: this.machine.id }
    const nothing = () => undefined
    const actionExecutor = (action: Executed) => refuseSideEffect(this.machine, action)
    const scope = {
      self,
      system,
      id: self.id,
      sessionId: self.id,
      logger: nothing,
      emit: nothing,
      defer: nothing,
      stopChild: nothing,
    }
    return { ...scope, actionExecutor } as unknown as Scope
  }

  #record({ type, _transitions, snapshot }: Inspection): void {
    if (type !== '@xstate.microstep') return
    for (const transition of _transitions ?? []) {
      this.seen.transitions.add(transition)
      // A state that is left before the machine first comes to rest shows in no snapshot.
      for (let node: AnyStateNode | undefined = transition.source; node !== undefined; node = node.parent)
        this.seen.nodes.add(node.id)
    }
    if (snapshot !== undefined) this.#enter(snapshot)
  }

  #enter(snapshot: AnyMachineSnapshot): void {
    for (const node of snapshot._nodes) this.seen.nodes.add(node.id)
  }

  /** The state before any event. */
  initial(input: unknown): AnyMachineSnapshot {
    const snapshot = this.machine.getInitialSnapshot(this.#scope, input) as AnyMachineSnapshot
    // xstate keeps what was thrown in the first state instead of throwing it.
    if (snapshot.status === 'error') throw snapshot.error
    this.#enter(snapshot)
    return snapshot
  }

  /** Whether some transition is selected. A time-out must be pending: a state that set it is active. */
  accepts(snapshot: AnyMachineSnapshot, event: AnyEventObject): boolean {
    if (snapshot.status !== 'active') return false
    const isTimeout = event.type.startsWith('xstate.after.')
    if (isTimeout && !snapshot._nodes.some(({ transitions }) => transitions.has(event.type))) return false
    return this.machine.getTransitionData(snapshot, event).length > 0
  }

  /** The state after an accepted event, entered and exited, raised and settled. */
  step(snapshot: AnyMachineSnapshot, event: AnyEventObject): AnyMachineSnapshot {
    return this.machine.transition(snapshot, event, this.#scope) as AnyMachineSnapshot
  }
}
