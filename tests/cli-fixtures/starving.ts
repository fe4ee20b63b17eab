/** The system 'starving', as a user's own file exports one. */
export { starving } from './systems.ts'
