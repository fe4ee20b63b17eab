/** The system 'unreached', as a user's own file exports one. */
export { unreached } from './systems.ts'
