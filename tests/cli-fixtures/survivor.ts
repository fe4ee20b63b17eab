/** The system 'survivor', as a user's own file exports one. */
export { survivor } from './systems.ts'
