/** The system 'stuck', as a user's own file exports one. */
export { stuck } from './systems.ts'
