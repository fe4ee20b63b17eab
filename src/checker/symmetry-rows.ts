/**
 * What the canonicaliser knows of each local state, in one typed array so that its inner loops touch one:
 * a row of a colour for each identifier, then the image under each transposition.
 */

export class SymmetryRows {
  /** The number of colours in a row, which come first. */
  readonly elements: number
  /** The length of a row. */
  readonly width: number
  /** Where the rows of each component start; a state's row is at `starts[component] + state * width`. */
  readonly starts: Int32Array
  cells = new Int32Array(0)
  readonly #capacities: Int32Array

  constructor(components: number, elements: number, transpositions: number) {
    this.elements = elements
    this.width = elements + transpositions
    this.starts = new Int32Array(components)
    this.#capacities = new Int32Array(components)
  }

  colour(component: number, state: number, element: number): number {
    return this.cells[this.starts[component]! + state * this.width + element]!
  }

  setColour(component: number, state: number, element: number, colour: number): void {
    this.cells[this.starts[component]! + state * this.width + element] = colour
  }

  image(component: number, state: number, transposition: number): number {
    return this.cells[this.starts[component]! + state * this.width + this.elements + transposition]!
  }

  setImage(component: number, state: number, transposition: number, image: number): void {
    this.cells[this.starts[component]! + state * this.width + this.elements + transposition] = image
  }

  /** Makes room for the rows of `size` states of a component; new cells are 0. */
  reserve(component: number, size: number): void {
    if (size <= this.#capacities[component]!) return
    const before = Int32Array.from(this.starts)
    const kept = Int32Array.from(this.#capacities)
    this.#capacities[component] = 2 * size
    const cells = new Int32Array(this.#capacities.reduce((sum, capacity) => sum + capacity) * this.width)
    let start = 0
    this.#capacities.forEach((capacity, index) => {
      this.starts[index] = start
      const from = before[index]!
      cells.set(this.cells.subarray(from, from + kept[index]! * this.width), start)
      start += capacity * this.width
    })
    this.cells = cells
  }
}
