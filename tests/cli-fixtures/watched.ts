/** The system 'watched', as a user's own file exports one. */
export { watched } from './systems.ts'
