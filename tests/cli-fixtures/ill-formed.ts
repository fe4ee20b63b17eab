/** The system 'ill-formed', as a user's own file exports one. */
export { illFormed } from './systems.ts'
