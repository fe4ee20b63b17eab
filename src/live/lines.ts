/** One JSON document a line on a socket: how a process speaks to the broker before and beside its messages. */
import type { Socket } from 'node:net'

const LINE_BYTES_MAX = 2 ** 16
const NEWLINE = 10

/** What came is no line of JSON, or too long, or the other side left before it ended. */
export class LineError extends Error {
  override readonly name = 'LineError'
}

export type Line = { readonly value: unknown; /** What came after the line. */ readonly rest: Buffer }

/** Writes a line. */
export const writeLine = (socket: Socket, value: object): void =>
  void socket.write(`${JSON.stringify(value)}\n`)

/** The next line; the socket is paused then. `before`: what came after the line before. Rejects with LineError. */
export function readLine(socket: Socket, before: Buffer = Buffer.alloc(0)): Promise<Line> {
  return new Promise((resolve, reject) => {
    let bytes = before
    const settle = (act: () => void): void => {
      socket.pause()
      socket.off('data', onData).off('close', onClose).off('error', onClose)
      act()
    }
    const onClose = (): void => settle(() => reject(new LineError('the other side has left')))
    const look = (): void => {
      const end = bytes.indexOf(NEWLINE)
      if (end < 0 && bytes.length <= LINE_BYTES_MAX) return
      const text = bytes.subarray(0, Math.max(end, 0)).toString('utf8')
      settle(() => {
        if (end < 0 || end > LINE_BYTES_MAX) return reject(new LineError('a line is too long'))
        try {
          resolve({ value: JSON.parse(text) as unknown, rest: bytes.subarray(end + 1) })
        } catch (error) {
          reject(new LineError('a line is no JSON', { cause: error }))
        }
      })
    }
    const onData = (more: Buffer): void => {
      bytes = Buffer.concat([bytes, more])
      look()
    }
    socket.on('data', onData).on('close', onClose).on('error', onClose)
    socket.resume()
    look()
  })
}
