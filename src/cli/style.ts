/**
 * How output looks: colours only on a terminal, numbers with separators, one short name for each unit.
 */
import { isatty } from 'node:tty'
import pico from 'picocolors'

const STANDARD_OUTPUT = 1

/** Colours for standard output; each is the identity where it is no terminal or NO_COLOR is set. */
export const colours = pico.createColors(isatty(STANDARD_OUTPUT) && pico.isColorSupported)

/** `1,234,567`. */
export const number = (value: number): string => value.toLocaleString('en-US')

/** `0.03 s`, `12.4 s`. */
export const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`

/** `1 state`, `2 states`. */
export const plural = (count: number, noun: string): string =>
  `${number(count)} ${noun}${count === 1 ? '' : 's'}`

/** `noStaleEntry` as file names have it: `no-stale-entry`. */
export const kebab = (name: string): string =>
  name
    .replaceAll(/(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g, '-')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .toLowerCase()

/** Prints lines to standard output. */
export function print(...lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''))
}

/** Prints one JSON document to standard output. */
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2))
