/** The system 'unsafe', as a user's own file exports one. */
export { unsafe } from './systems.ts'
