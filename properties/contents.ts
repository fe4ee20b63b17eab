/**
 * What the charts do not know: bytes. A program stores through every page it gets and after every step reads
 * through every TLB; what it reads is what the page was last given, a new frame is zero, and what one page
 * stores no other sees.
 */
import assert from 'node:assert/strict'
import type { Board } from '../src/hw/board.ts'
import { FRAME_BYTES } from '../src/hw/memory.ts'
import type { GroundEvent } from '../src/model/event.ts'
import type { Cpu, Frame, Page } from '../src/statemachines/identifiers.ts'

/** A byte that no page is ever given. */
const PROBE = 0xff

type Access = { readonly by: string; readonly page: Page; readonly frame: Frame; readonly cpu?: Cpu }

/** What a kernel lets the program do: the CPUs it runs on, and the page each frame is pinned through. */
export type Reach = {
  readonly runsOn: (cpu: Cpu) => boolean
  readonly pinnedBy: (frame: Frame) => Page | undefined
}

export class Contents {
  readonly #board: Board
  readonly #reach: Reach
  /** By page and frame: the byte the page was given there; 0 where the page does not have the frame. */
  readonly #given: Uint8Array

  constructor(board: Board, reach: Reach) {
    this.#board = board
    this.#reach = reach
    this.#given = new Uint8Array(board.pages.size * board.frames.size)
  }

  /** To be called after each step with its event. Throws an AssertionError that says who reads what where. */
  after(event: GroundEvent): void {
    const { pages, frames } = this.#board
    switch (event.type) {
      case 'page.map':
        this.#begin(pages.named(event['page']), frames.named(event['frame']))
        break
      case 'page.share': {
        const frame = frames.named(event['frame'])
        const given = this.#givenTo(pages.named(event['page']), frame)
        this.#give(pages.named(event['other']), frame, given)
        break
      }
      case 'page.copy': {
        const page = pages.named(event['page'])
        const given = this.#givenTo(page, frames.named(event['frame']))
        this.#disown(frames.named(event['copy']))
        this.#give(page, frames.named(event['copy']), given)
        break
      }
      case 'page.install':
      case 'page.reuse':
        this.#overwrite(pages.named(event['page']), frames.named(event['frame']))
        break
      case 'frame.free':
        this.#disown(frames.named(event['frame']))
    }
    this.#check()
  }

  #begin(page: Page, frame: Frame): void {
    const left = this.#bytes(frame).find((byte) => byte !== 0)
    assert(left === undefined, `${frame} is new to ${page} and still holds ${left}`)
    this.#disown(frame)
    this.#store(page, frame, 1)
  }

  // The store that faulted: it finds what the page had, and from now on no other page has the frame.
  #overwrite(page: Page, frame: Frame): void {
    this.#expect({ by: 'the kernel', page, frame })
    this.#disown(frame)
    this.#store(page, frame, 1 + this.#board.pages.size)
  }

  /** Bytes and what they should be, as plain JSON. */
  fingerprint(): unknown {
    return [...this.#board.frames.ids.map((frame) => this.#bytes(frame)), [...this.#given]]
  }

  #bytes(frame: Frame): number[] {
    return [...this.#board.memory.bytesOf(frame)]
  }

  #store(page: Page, frame: Frame, base: number): void {
    const byte = base + this.#board.pages.indexOf(page)
    this.#board.memory.bytesOf(frame).fill(byte)
    this.#give(page, frame, byte)
  }

  #place(page: Page, frame: Frame): number {
    return this.#board.pages.indexOf(page) * this.#board.frames.size + this.#board.frames.indexOf(frame)
  }

  #givenTo(page: Page, frame: Frame): number {
    return this.#given[this.#place(page, frame)]!
  }

  #give(page: Page, frame: Frame, byte: number): void {
    this.#given[this.#place(page, frame)] = byte
  }

  #disown(frame: Frame): void {
    for (const page of this.#board.pages.ids) this.#give(page, frame, 0)
  }

  #cached(): (Access & { readonly cpu: Cpu; readonly writes: boolean })[] {
    const { cpus, pages } = this.#board
    return cpus.ids.filter(this.#reach.runsOn).flatMap((cpu) =>
      pages.ids.flatMap((page) => {
        const found = this.#board.tlb(cpu).lookUp(page)
        if (found === undefined) return []
        return [{ by: cpu, cpu, page, frame: found.frame, writes: found.rights === 'write' }]
      }),
    )
  }

  #pins(): Access[] {
    return this.#board.frames.ids.flatMap((frame) => {
      const page = this.#reach.pinnedBy(frame)
      return page === undefined ? [] : [{ by: 'a device', page, frame }]
    })
  }

  #check(): void {
    const cached = this.#cached()
    for (const access of cached) this.#expect(access)
    for (const writer of cached) if (writer.writes) this.#probe(writer, [...cached, ...this.#pins()])
  }

  #expect(access: Access): void {
    const { by, page, frame } = access
    const given = this.#givenTo(page, frame)
    if (given === 0) assert.fail(`${by} reaches ${frame} through ${page}, which does not have it`)
    for (let offset = 0; offset < FRAME_BYTES; offset++) {
      const byte = this.#read(access, offset)
      if (byte !== given)
        assert.fail(`${by} reads ${byte} at byte ${offset} of ${page}, which was given ${given}`)
    }
  }

  /** A byte, or in words the fault met instead. */
  #read({ cpu, page, frame }: Access, offset: number): number | string {
    if (cpu === undefined) return this.#board.memory.bytesOf(frame)[offset]!
    const found = this.#board.mmu(cpu).read(page, offset)
    return typeof found === 'number' ? found : found.fault
  }

  // Stores, looks who else sees it, and takes the store back: as if every core stored at every moment.
  #probe({ cpu, page }: Access & { readonly cpu: Cpu }, readers: readonly Access[]): void {
    const mmu = this.#board.mmu(cpu)
    const before = mmu.read(page, 0)
    assert(typeof before === 'number', `${cpu} cannot read ${page}, which it writes`)
    mmu.write(page, 0, PROBE)
    const witness = readers.find((reader) => reader.page !== page && this.#read(reader, 0) === PROBE)
    mmu.write(page, 0, before)
    assert(
      witness === undefined,
      `what ${cpu} stores through ${page} is seen by ${witness?.by} through ${witness?.page}`,
    )
  }
}
