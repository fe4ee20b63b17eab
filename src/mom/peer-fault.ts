/** What an end does not believe: a value that the peer wrote and that no run of the protocol writes. */

/**
 * Thrown by the end that met the value, which takes nothing more from that peer. It says what was found; the
 * end's own state, and all other channels, are as they were.
 */
export class PeerFault extends Error {
  override readonly name = 'PeerFault'
}
